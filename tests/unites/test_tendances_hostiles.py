"""Le rapport de tendances, cellule après cellule, sur des séries pauvres : une phrase, toujours.

Courte, constante, nulle, trouée, masquée, d'un seul établissement : aucun contenu n'échoue, et
aucun n'y voit de tendance, de changement de niveau ni de signal.
"""

import ast
import json
import re
from collections.abc import Callable, Iterator

import pytest

from rtpe_analyse.chemins import CARNETS
from rtpe_analyse.modeles import Periode
from rtpe_analyse.nomenclatures import liste_fermee
from rtpe_analyse.restitution import Rapport
from tests.unites.outils_restitution import PERIODE, Ouvrir, lu, masque, nombre, ratio

DERNIERE = Periode.lire(PERIODE)
INVENTE = (
    "le niveau passe",
    "sort de la variation ordinaire",
    "fait signal :",
    "tout juste la limite",
    "sort des limites",
)
Taux = Callable[[int], float | None]


def serie(taux: Taux, trimestres: int, etablissements: tuple[str, ...]) -> Iterator[dict]:
    """T1, T2, T4 et P3 du territoire et de ses établissements ; V1 sans effet à la fin."""
    zones = [("territoire", "T1"), *(("etablissement", code) for code in etablissements)]
    for maille, zone in zones:
        for rang in range(trimestres):
            quand = {"periode": str(DERNIERE.decaler(rang + 1 - trimestres))}
            if (valeur := taux(rang)) is not None:
                for code in ("T1", "T2", "T4"):
                    yield ratio(code, maille, zone, 9000 * valeur, 9000, **quand)
            yield ratio("P3", maille, zone, 9, 10, **quand)
        if trimestres > 4:
            for effet in liste_fermee("effets_variation"):
                yield nombre("V1", maille, zone, 0.0, ventilation="effet", modalite=effet)


def contenus(rapport: Rapport) -> Iterator[str]:
    """Le texte de chaque cellule du carnet, dans l'ordre."""
    carnet = json.loads((CARNETS / "tendances_territoire.ipynb").read_text(encoding="utf-8"))
    for cellule in carnet["cells"]:
        source = "".join(cellule["source"])
        if cellule["cell_type"] == "code" and source.startswith("rapport."):
            appel = ast.parse(source, mode="eval").body
            assert isinstance(appel, ast.Call)
            assert isinstance(appel.func, ast.Attribute)
            arguments = [ast.literal_eval(a) for a in appel.args]
            yield lu(getattr(rapport, appel.func.attr)(*arguments))


@pytest.mark.parametrize(
    ("taux", "trimestres", "etablissements"),
    [
        (lambda _: 0.6, 1, ("E001", "E002")),
        (lambda rang: 0.6 + rang / 100, 3, ("E001", "E002")),
        (lambda _: 0.6, 20, ("E001", "E002")),
        (lambda _: 0.0, 20, ("E001", "E002")),
        (lambda rang: None if rang % 3 else 0.6 + (rang % 4) / 50, 20, ("E001", "E002")),
        (lambda rang: 0.6 + (rang % 4) / 50, 20, ("E001",)),
        (lambda rang: 0.6 + (rang % 4) / 50, 20, ()),
    ],
    ids=["une", "courte", "constante", "nulle", "trouée", "un seul", "sans établissement"],
)
def test_une_serie_pauvre_donne_des_phrases_et_pas_de_tendance(
    monde: Ouvrir, taux: Taux, trimestres: int, etablissements: tuple[str, ...]
) -> None:
    rapport = monde([*serie(taux, trimestres, etablissements)])
    textes = list(contenus(rapport))
    assert len(textes) > 15
    for texte in textes:
        assert texte.strip()
        assert not re.search(r"\b(nan|inf|None)\b", texte), texte
        assert not [dit for dit in INVENTE if dit in texte], texte


def test_une_serie_toute_masquee_ne_montre_aucun_nombre(monde: Ouvrir) -> None:
    lignes = [
        masque(code, "territoire", "T1", periode=str(DERNIERE.decaler(-rang)))
        for code in ("T1", "T2", "T4")
        for rang in range(20)
    ]
    for texte in contenus(monde(lignes)):
        assert texte.strip()
        assert "987" not in texte


def test_une_serie_nulle_se_lit_zero_et_plate(monde: Ouvrir) -> None:
    rapport = monde([*serie(lambda _: 0.0, 20, ("E001",))])
    texte = lu(rapport.serie_longue("T1"))
    assert "0,0 % au 3e trimestre 2026, quasi stable sur un an" in texte
    assert "Courbe plate : 0,0 % du 4e trimestre 2021 au 3e trimestre 2026." in texte
    # Ni l'axe, ni les chiffres ne descendent sous zéro.
    assert "−" not in texte
