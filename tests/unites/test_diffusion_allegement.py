"""Le module superflu de jsonschema ne se charge pas, et le contrôle des carnets reste entier."""

import subprocess
import sys

PROGRAMME = """
import sys
import rtpe_analyse.diffusion.noyau_commun
import jsonschema, nbformat
print(sys.modules["rfc3987_syntax"] is None, "lark" in sys.modules)
vide = nbformat.v4.new_notebook()
nbformat.validate(vide)
vide["cells"] = [{"cell_type": "inconnu"}]
try:
    nbformat.validate(vide)
except nbformat.ValidationError:
    print("refuse")
"""


def test_la_grammaire_des_adresses_ne_se_charge_pas() -> None:
    fini = subprocess.run(
        [sys.executable, "-c", PROGRAMME], capture_output=True, text=True, check=True
    )
    assert fini.stdout.split("\n")[:2] == ["True False", "refuse"]
