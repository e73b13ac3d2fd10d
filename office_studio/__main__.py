"""``python -m office_studio``: the same as the ``office-studio`` command."""

from office_studio.cli.main import main

if __name__ == "__main__":
    raise SystemExit(main())
