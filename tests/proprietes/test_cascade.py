"""Invariants de la cascade : identité exacte, ordre indifférent, parties égales au tout."""

import random
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rtpe_analyse.erreurs import ErreurControle
from rtpe_analyse.indicateurs.cascade import (
    DES_ENFANTS,
    DES_PLACES,
    LIGNES,
    controler_cascade,
)
from tests.specifications.mondes_cascade import monde_aleatoire
from tests.specifications.outils import LUNDI, Jeu, agrement, etablissement, territoire

PALIERS = ("01_agree", "08_prevu", "14_ouvert", "16_attribue", "19_contractualise", "27_present")
CODES = ["A", "B", "C"]
JOURS = [LUNDI + timedelta(i) for i in range(12)]
ENFANTS = ["e1", "e2", "e3"]
CLE = ["indicateur", "maille", "zone", "pas", "periode", "modalite"]

ouverture = st.fixed_dictionaries(
    {
        "prevu": st.booleans(),
        "ouvert": st.booleans(),
        "places_ouvertes": st.integers(0, 4),
        "cause": st.sampled_from([None, "annuelle", "pont", "personnel", "autre"]),
        "debut_min": st.sampled_from([None, 540]),
        "fin_min": st.sampled_from([None, 700, 1020]),
    }
)
contrat = st.fixed_dictionaries(
    {
        "enfant": st.sampled_from(ENFANTS),
        "etablissement": st.sampled_from(CODES),
        "type_accueil": st.sampled_from(["regulier", "occasionnel", None]),
        "debut": st.sampled_from(JOURS),
        "fin": st.sampled_from([None, *JOURS]),
        "heures_hebdo_h": st.sampled_from([None, 10.0, 33.3]),
    }
)
plage = st.tuples(st.integers(1, 7), st.integers(450, 800), st.integers(1, 500))
passage = st.fixed_dictionaries(
    {
        "enfant": st.sampled_from(ENFANTS),
        "etablissement": st.sampled_from(CODES),
        "date": st.sampled_from(JOURS),
        "reserve_min": st.sampled_from([None, 90, 300]),
        "realise_min": st.sampled_from([None, 0, 45, 480, 700]),
        "motif_absence": st.sampled_from([None, "maladie"]),
    }
)
demande = st.fixed_dictionaries(
    {
        "appariement": st.sampled_from([None, *ENFANTS]),
        "etablissement": st.sampled_from([None, *CODES]),
        "entree_souhaitee": st.sampled_from([None, *JOURS]),
        "date_decision": st.sampled_from([date(2026, 5, 4), *JOURS]),
    }
)
mondes = st.fixed_dictionaries(
    {
        "ouvertures": st.dictionaries(
            st.tuples(st.sampled_from(CODES), st.sampled_from(JOURS)), ouverture, max_size=20
        ),
        "contrats": st.lists(contrat, max_size=6),
        "plages": st.lists(plage, max_size=8),
        "pointages": st.lists(passage, max_size=12),
        "demandes": st.lists(demande, max_size=3),
    }
)

# Un enfant attendu que nul pointage ne montre : le seul monde où une absence est sûre.
UN_ABSENT: dict[str, Any] = {
    "ouvertures": {
        ("C", LUNDI): {
            "prevu": True,
            "ouvert": True,
            "places_ouvertes": 4,
            "cause": None,
            "debut_min": None,
            "fin_min": None,
        }
    },
    "contrats": [
        {
            "enfant": "e1",
            "etablissement": "C",
            "type_accueil": "regulier",
            "debut": LUNDI,
            "fin": None,
            "heures_hebdo_h": 10.0,
        }
    ],
    "plages": [],
    "pointages": [],
    "demandes": [],
}


def _jeu(dossier: Path, monde: dict[str, Any]) -> Jeu:
    jeu = Jeu(dossier)
    jeu.ecrire("etablissements", [etablissement(c, f"9900{c == 'C'}") for c in CODES])
    jeu.ecrire("territoires", [territoire(c, "T2" if c == "C" else "T1") for c in CODES])
    jeu.ecrire(
        "agrements",
        [
            *agrement("A", 2),
            *agrement("B", 3, 8, 12, range(1, 7)),
            *agrement("B", 1, 12, 18),
            *agrement("C", 4, 7, 19),
        ],
    )
    jeu.ecrire(
        "ouvertures",
        [{"etablissement": c, "date": j, **o} for (c, j), o in monde["ouvertures"].items()],
    )
    contrats = [{"contrat": f"k{n}", **k} for n, k in enumerate(monde["contrats"])]
    jeu.ecrire("contrats", contrats)
    jeu.ecrire(
        "plannings",
        [
            {"contrat": f"k{n % 4}", "jour_semaine": j, "debut_min": d, "fin_min": d + duree}
            for n, (j, d, duree) in enumerate(monde["plages"])
        ],
    )
    jeu.ecrire("pointages", monde["pointages"])
    acceptee = {"depot": date(2026, 1, 5), "decision": "acceptee"}
    jeu.ecrire(
        "demandes",
        [{"demande": f"d{n}", **acceptee, **d} for n, d in enumerate(monde["demandes"])],
    )
    return jeu


def _somme(table: pl.DataFrame) -> float:
    return float(table["valeur"].sum())


def _verifier_parties(table: pl.DataFrame) -> None:
    """Une zone vaut la somme de ses établissements ; les territoires, le département."""
    heures = table.filter(pl.col("indicateur").is_in(["K1", "K2", "K3"]))
    totaux = heures.group_by(*(c for c in CLE if c != "zone")).agg(pl.col("valeur").sum())
    large = totaux.pivot(
        on="maille", index=["indicateur", "pas", "periode", "modalite"], values="valeur"
    )
    motif = (pl.col("indicateur") == "K3") & (pl.col("modalite") != "")
    for maille in ("commune", "territoire", "departement"):
        if maille in large.columns:
            assert large.filter(~motif, _ecart(maille, "etablissement") > 1e-6).is_empty()
    # Un motif ne se donne ni à la commune, ni au mois pour un établissement.
    motifs = large.filter(motif)
    if len(motifs) > 0:
        assert motifs.filter(_ecart("territoire", "departement") > 1e-6).is_empty()
        trimestres = motifs.filter(pl.col("pas") == "trimestre")
        assert trimestres.filter(_ecart("etablissement", "departement") > 1e-6).is_empty()
        absents = motifs.filter(pl.col("pas") == "mois").select("etablissement")
        assert absents.null_count().item() == len(absents)
        assert "commune" not in motifs.columns or motifs["commune"].is_null().all()


def _ecart(maille: str, autre: str) -> pl.Expr:
    return (pl.col(maille).fill_null(0) - pl.col(autre).fill_null(0)).abs()


def _verifier_identite(table: pl.DataFrame) -> None:
    """Présent = agréé + toutes les lignes qui ne sont pas des paliers, dans chaque zone connue."""
    heures = table.filter(pl.col("indicateur").is_in(["K1", "K2"]))
    etablissements = heures.filter(pl.col("maille") == "etablissement")
    for _, lignes in etablissements.group_by("zone", "pas", "periode"):
        valeurs = dict(lignes.select("modalite", "valeur").iter_rows())
        if None in valeurs.values():
            continue
        assert set(valeurs) == set(LIGNES)
        perdues = sum(v for m, v in valeurs.items() if m not in PALIERS)
        assert valeurs["01_agree"] + perdues == pytest.approx(valeurs["27_present"], abs=1e-6)


@settings(deadline=None, max_examples=15)
@given(mondes)
@example(UN_ABSENT)
def test_identite_et_parties_sur_tout_monde(monde: dict[str, Any]) -> None:
    with TemporaryDirectory() as dossier:
        table = _jeu(Path(dossier), monde).calculer("cascade")
    _verifier_identite(table)
    _verifier_parties(table)
    total, absences = (
        table.filter(pl.col("indicateur") == "K3", pl.col("ventilation") == v)
        for v in ("", "motif")
    )
    # Un motif ne se donne ni à la commune, ni au mois pour un établissement.
    avec_motif = (pl.col("maille") != "commune") & (
        (pl.col("maille") != "etablissement") | (pl.col("pas") != "mois")
    )
    assert _somme(total.filter(avec_motif)) == pytest.approx(_somme(absences), abs=1e-6)
    lignes = table.filter(pl.col("indicateur") == "K2", pl.col("modalite") == "20_absence")
    assert _somme(total) == pytest.approx(-_somme(lignes), abs=1e-6)


@settings(deadline=None, max_examples=8)
@given(mondes, st.randoms(use_true_random=False))
def test_l_ordre_des_lignes_recues_est_indifferent(
    monde: dict[str, Any], hasard: random.Random
) -> None:
    with TemporaryDirectory() as dossier:
        jeu = _jeu(Path(dossier), monde)
        droit = jeu.calculer("cascade")
        for nom in ("agrements", "ouvertures", "contrats", "plannings", "pointages", "demandes"):
            lignes = jeu.lire(nom).drop("_fichier", "_ligne").to_dicts()
            hasard.shuffle(lignes)
            jeu.ecrire(nom, lignes)
        assert jeu.calculer("cascade").equals(droit)


@pytest.mark.parametrize("graine", range(3))
def test_identite_et_parties_d_un_reseau(tmp_path: Path, graine: int) -> None:
    table = monde_aleatoire(tmp_path, graine).calculer("cascade")
    assert table["valeur"].drop_nulls().len() > 500
    _verifier_identite(table)
    _verifier_parties(table)


def _parts(valeurs: dict[str, int], lignes: tuple[str, ...], mesure: str) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "pas": "mois",
            "periode": "2026-06",
            "etablissement": "A",
            "territoire": "T1",
            "modalite": lignes,
            mesure: [valeurs[ligne] for ligne in lignes],
        }
    )


@given(
    st.lists(st.integers(-(10**12), 10**12), min_size=len(LIGNES), max_size=len(LIGNES)),
    st.sampled_from(LIGNES),
    st.integers(1, 10**6),
)
def test_le_controle_passe_et_rougit_pour_une_unite(
    tirages: list[int], alteree: str, delta: int
) -> None:
    valeurs = dict(zip(LIGNES, tirages, strict=True))
    courant = 0
    for ligne in LIGNES:
        if ligne in PALIERS[1:]:
            valeurs[ligne] = courant
        courant = valeurs[ligne] if ligne in PALIERS else courant + valeurs[ligne]

    def controler() -> None:
        controler_cascade(
            _parts(valeurs, DES_PLACES, "places_tuh"), _parts(valeurs, DES_ENFANTS, "enfants_tuh")
        )

    controler()
    valeurs[alteree] += delta
    with pytest.raises(ErreurControle):
        controler()
