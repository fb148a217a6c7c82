"""How numbers and times are written where Django's own way does not suit a page that is read in many countries."""
