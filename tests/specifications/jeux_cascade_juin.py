"""Une crèche inventée où chaque ligne de la cascade est non nulle, et s'additionne à la main.

Deux places de 8 h à 18 h (20 h par jour), juin 2026 : 22 jours de semaine, soit 440 h.
"""

from datetime import date
from pathlib import Path
from typing import Any

from tests.specifications.jeux_contrats import contrat, planning
from tests.specifications.outils import Jeu, agrement, etablissement, pointage, territoire

LE_JUIN = date(2026, 6, 30)
# Jour de juin : cause d'une fermeture (rien : sans cause enregistrée).
FERMES = {
    2: "annuelle",
    3: "ferie",
    4: "pont",
    5: "pedagogique",
    11: "personnel",
    12: "travaux",
    15: "autre",
    16: None,
}
# Le 9 n'est pas écrit au calendrier ; le 8 et le 10 n'y sont pas prévus, le 10 est ouvert.
PLEINS = (1, 10, 18, 19, 22, 23, 24, 25, 26, 29, 30)

# Seconde moitié : e1 tient une place les 12 jours ouverts, une seconde est tenue le 29.
ATTENDU_K2 = {
    "15_non_attribue": 130 - 230,
    "16_attribue": 12 * 10 + 10,
    "17_temps_partiel": -9 * 10 - 2 * 6,
    "18_surcontractualisation": 24 - 20,
    "19_contractualise": 3 * 4 + 2 * 10,
    "20_absence": -4 - 10,
    "21_presence_ecourtee": -2,
    "22_duree_inconnue": -10,
    "23_depassement": 1,
    "24_hors_planning": 3,
    "25_sans_contrat": 40 * 6 / 60,
    "26_jour_ferme": 2,
    "27_present": 2 + 5 + 3 + 4 + 2,
}


def juin(jour: int) -> date:
    return date(2026, 6, jour)


def creche_complete(dossier: Path) -> Jeu:
    """Ouvert : 11 jours pleins et le 17 à une place, soit 11 × 20 + 10 = 230 h.

    `e1` est attendu le lundi de 8 h à 12 h ; `e2` et `e3` le seul lundi 29, de 8 h à 18 h.
    Quarante enfants sans contrat viennent 6 minutes le 24 : une durée inconnue sur 45 présences
    reste sous le seuil qui rendrait le mois inconnu.
    """
    jeu = Jeu(dossier)
    jeu.ecrire("etablissements", [etablissement("A")])
    jeu.ecrire("territoires", [territoire("A", "T1")])
    jeu.ecrire("agrements", agrement("A", 2))
    jeu.ecrire("ouvertures", _calendrier())
    ephemeres = [
        contrat(e, "A", contrat=e, debut=juin(29), fin=juin(29), heures_hebdo_h=None)
        for e in ("e2", "e3")
    ]
    jeu.ecrire("contrats", [contrat("e1", "A", contrat="e1", debut=juin(1)), *ephemeres])
    jeu.ecrire(
        "plannings",
        [*planning("e1", 1, fin_h=12), *planning("e2", 1), *planning("e3", 1)],
    )
    jeu.ecrire(
        "pointages",
        [
            {"enfant": "e1", "etablissement": "A", "date": juin(1), "motif_absence": "maladie"},
            pointage("e1", "A", juin(22), 8, 10),
            pointage("e1", "A", juin(29), 8, 13),
            {"enfant": "e2", "etablissement": "A", "date": juin(29), "arrivee_min": 480},
            pointage("e1", "A", juin(23), 9, 12),
            *(pointage(f"x{n}", "A", juin(24), 9, 9.1) for n in range(40)),
            pointage("e1", "A", juin(12), 9, 11),
        ],
    )
    return jeu


def _calendrier() -> list[dict[str, Any]]:
    lignes = [
        {"date": juin(j), "prevu": True, "ouvert": False, "cause": cause}
        for j, cause in FERMES.items()
    ]
    lignes.append({"date": juin(8), "prevu": False, "ouvert": False})
    lignes += [
        {"date": juin(j), "prevu": j != 10, "ouvert": True, "places_ouvertes": 2} for j in PLEINS
    ]
    lignes.append(
        {
            "date": juin(17),
            "prevu": True,
            "ouvert": True,
            "places_ouvertes": 1,
            "cause": "personnel",
        }
    )
    return [{"etablissement": "A", **ligne} for ligne in lignes]
