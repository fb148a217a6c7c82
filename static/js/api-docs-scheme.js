// Swagger UI has dark colours, but wants to be told. Before it draws, so that nothing flashes white.
"use strict";
const dark = matchMedia("(prefers-color-scheme: dark)");
const dim = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", dim);
dim();
