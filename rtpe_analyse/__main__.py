"""`python -m rtpe_analyse` vaut `rtpe`."""

from rtpe_analyse.cli import main

main()
