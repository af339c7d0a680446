"""`python -m rtpe_analyse` vaut `rtpe`."""

from rtpe_analyse.cli import main

if __name__ == "__main__":
    main()
