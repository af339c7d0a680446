"""Un fichier donné au banc des prévisions : unité, date, valeur."""

from pathlib import Path

import numpy as np
import pytest

from bancs.previsions import mesurer_le_fichier
from bancs.series import du_fichier


def _ecrire(dossier: Path, lignes: list[str]) -> Path:
    fichier = dossier / "series.csv"
    fichier.write_text("\n".join(["unite,date,valeur", *lignes]), encoding="utf-8")
    return fichier


def test_les_mois_qui_manquent_gardent_leur_place(tmp_path: Path) -> None:
    mois = [f"{a}-{m:02d}" for a in (2023, 2024) for m in range(1, 13)]
    lignes = [f"A,{m},{rang}" for rang, m in enumerate(mois) if m != "2023-03"]
    epreuve = du_fichier(_ecrire(tmp_path, lignes), "2024-11")
    assert (epreuve.cycle, epreuve.horizon, epreuve.jugee) == (12, 6, 22)
    assert np.isnan(epreuve.valeurs[0]).tolist() == [m == "2023-03" for m in mois]


def test_des_jours_font_la_moyenne_de_leur_semaine(tmp_path: Path) -> None:
    """Lundi 5 et vendredi 9 janvier 2026 : (10 + 20) / 2 = 15."""
    semaines = [f"A,{j},1" for j in ("2024-12-30", "2026-01-12")]
    fichier = _ecrire(tmp_path, [*semaines, "A,2026-01-05,10", "A,2026-01-09,20"])
    epreuve = du_fichier(fichier, "2026-01-07")
    assert epreuve.valeurs[0, -2:].tolist() == [15, 1]
    # Prévoir depuis un mercredi, c'est prévoir sa semaine.
    assert epreuve.jugee == epreuve.valeurs.shape[1] - 2


def test_un_niveau_constant_est_toujours_couvert(tmp_path: Path) -> None:
    mois = [f"{a}-{m:02d}" for a in (2022, 2023, 2024) for m in range(1, 13)]
    lignes = [f"{u},{m},7" for u in "ABCDEF" for m in mois]
    for ligne in mesurer_le_fichier(_ecrire(tmp_path, lignes), None):
        assert (ligne["couverture"], ligne["aveugle"], ligne["perte"]) == (1, 1, 0)


@pytest.mark.parametrize(
    ("lignes", "depuis"),
    [
        (["A,2023-01,1", "A,2023,1"], None),
        (["A,janvier,1"], None),
        (["A,2023-01,1", "A,2023-06,1"], None),
        ([f"A,20{a},1" for a in range(10, 20)], "2030"),
    ],
)
def test_un_fichier_qui_ne_se_juge_pas_est_refuse(
    tmp_path: Path, lignes: list[str], depuis: str | None
) -> None:
    with pytest.raises(ValueError, match=r"Dates attendues|plus d'une année"):
        du_fichier(_ecrire(tmp_path, lignes), depuis)
