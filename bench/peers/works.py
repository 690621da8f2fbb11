"""The works that are timed: what each is and who does it, from works.json."""
import json
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
WORKS = json.loads((HERE / "works.json").read_text())
