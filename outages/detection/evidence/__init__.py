"""Evidence: terms added up, and the places and components that explain them."""
