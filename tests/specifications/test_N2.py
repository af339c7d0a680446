"""N2 : enfants présents prévus, par jour d'ouverture."""

from datetime import date, timedelta

from rtpe_analyse.indicateurs.previsions import calculer_previsions
from tests.specifications.outils import (
    Jeu,
    agrement,
    egal,
    etablissement,
    ligne_de,
    ouvertures,
    pointage,
    territoire,
)

LUNDI = date(2025, 12, 29)


def _jeu(dossier, enfants: int, semaines: int) -> Jeu:
    jeu = Jeu(dossier)
    jeu.ecrire("etablissements", [etablissement("A"), etablissement("B")])
    jeu.ecrire("territoires", [territoire("A", "T1"), territoire("B", "T1")])
    jeu.ecrire("agrements", [*agrement("A", 20), *agrement("B", 20)])
    lundis = [LUNDI + timedelta(weeks=n) for n in range(semaines)]
    jours = [j for lundi in lundis for j in ouvertures("A", lundi, 5, 20)]
    jeu.ecrire("ouvertures", [*jours, *({**j, "etablissement": "B"} for j in jours)])
    jeu.ecrire(
        "pointages",
        [
            pointage(f"{code}{n}", code, j["date"], 8, 17)
            for j in jours
            for code, presents in (("A", enfants), ("B", 4))
            for n in range(presents)
        ],
    )
    return jeu


def test_un_niveau_constant_se_prolonge_et_s_additionne(tmp_path):
    """Dix enfants chaque jour en A, quatre en B : quatorze au territoire."""
    jeu = _jeu(tmp_path, 10, 18)
    table = calculer_previsions(jeu.lieux, date(2026, 4, 30))
    centre = {"periode": "2026-05", "modalite": "centre"}
    assert ligne_de(table, "N2", "A", **centre)["valeur"] == egal(10)
    assert ligne_de(table, "N2", "T1", **centre)["valeur"] == egal(14)
    assert ligne_de(table, "N2", "A", **centre)["effectif"] == 10


def test_un_enfant_de_plus_chaque_jour_change_la_prevision(tmp_path):
    """Mutation."""
    table = calculer_previsions(_jeu(tmp_path, 11, 18).lieux, date(2026, 4, 30))
    assert ligne_de(table, "N2", "A", periode="2026-05", modalite="centre")["valeur"] == egal(11)
