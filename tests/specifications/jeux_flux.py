"""Douze enfants : T1 (communes 99001 et 99002) accueille chez A, T2 (99003) chez C.

Chez A : 6 de 99001, 2 de 99002, 3 de 99003, 1 de 98001, 1 de résidence inconnue. Chez C : 2 de
99001, 5 de 99003, 1 de 99004 (sans établissement) ; l'un des deux de 99001 va aussi chez A.
"""

from pathlib import Path
from typing import Any

from tests.specifications.outils import LUNDI, Jeu, agrement, ouvertures, pointage
from tests.specifications.publics import avec_referentiel

TRIMESTRE = {"periode": "2026-T2"}
PAR_RESIDENCE = {**TRIMESTRE, "ventilation": "residence"}
CHEZ_A = [*["99001"] * 6, *["99002"] * 2, *["99003"] * 3, "98001", None]
CHEZ_C = ["99001", *["99003"] * 5, "99004"]


def avec_residences(dossier: Path, **remplacer: str) -> Jeu:
    """Le jeu décrit plus haut ; `remplacer` donne une autre commune à un enfant (`a0="…"`)."""
    jeu = avec_referentiel(dossier)
    jeu.ecrire("agrements", [x for c in "ABC" for x in agrement(c, 20)])
    jeu.ecrire("ouvertures", [x for c in "ABC" for x in ouvertures(c, LUNDI, 5, 20)])
    communes: dict[str, Any] = {f"a{n}": c for n, c in enumerate(CHEZ_A)}
    communes |= {f"c{n}": c for n, c in enumerate(CHEZ_C)} | remplacer
    jeu.ecrire("enfants", [{"enfant": e, "famille": f"f{e}"} for e in communes])
    jeu.ecrire(
        "familles",
        [{"famille": f"f{e}", "valide_du": LUNDI, "commune": c} for e, c in communes.items()],
    )
    jeu.ecrire(
        "pointages",
        [
            *(pointage(e, "A" if e.startswith("a") else "C", LUNDI) for e in communes),
            pointage("a0", "C", LUNDI),
            # B est suivi, mais personne n'y habite assez près.
            {"enfant": "a1", "etablissement": "B", "date": LUNDI, "motif_absence": "maladie"},
        ],
    )
    return jeu
