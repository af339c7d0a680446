"""Conservation des lignes : quoi qu'on donne, rien ne se perd et rien n'apparaît."""

from collections import Counter
from datetime import date

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from rtpe_analyse.nettoyage.doublons import separer_doublons
from rtpe_analyse.nettoyage.facons import Contexte, Facon
from rtpe_analyse.nettoyage.typage import Typage, typer
from rtpe_analyse.nomenclatures.reperage import (
    SIMPLIFICATIONS_COMMUNES,
    SIMPLIFICATIONS_ETABLISSEMENTS,
    Repertoire,
)
from rtpe_analyse.schemas import TABLES

CONTEXTE = Contexte(
    date(2026, 10, 5),
    Repertoire([("E001", "Les Lutins"), ("E022", "Le Nid")], SIMPLIFICATIONS_ETABLISSEMENTS),
    Repertoire((), ()),
    Repertoire([("95219", "Ermont")], SIMPLIFICATIONS_COMMUNES),
)
FACONS = {
    "date": Facon(formats=("%d/%m/%Y",)),
    "arrivee_min": Facon(formes=("hh:mm",)),
    "depart_min": Facon(formes=("hh:mm",)),
    "reserve_min": Facon(formes=("centiemes",), duree=True),
}
# Des valeurs saines, des sales, et n'importe quel texte.
_TEXTE = st.text(max_size=12)
CELLULES = {
    "enfant": st.sampled_from(["a1", "a2", None]),
    "etablissement": st.sampled_from(["E001", "LE NID", "E22", " E001", "E9", None]) | _TEXTE,
    "date": st.sampled_from(["01/09/2026", "31/09/2026", "01/09/2027", "01/09/2026 "]) | _TEXTE,
    "arrivee_min": st.sampled_from(["08:00", "8h00", "8,30", "25:00", None]) | _TEXTE,
    "depart_min": st.sampled_from(["17:00", "07:00", "", None]) | _TEXTE,
    "reserve_min": st.sampled_from(["9,00", "1 009,50", "nan", None]) | _TEXTE,
    "motif_absence": st.sampled_from(["maladie", "Fantaisie", None]),
}
LIGNES = st.lists(st.fixed_dictionaries(CELLULES), max_size=30)
SCHEMA = {**dict.fromkeys(CELLULES, pl.String), "_ligne": pl.Int64, "_lieu": pl.String}


def _table(lignes: list[dict[str, str | None]]) -> pl.DataFrame:
    numerotees = [{**ligne, "_ligne": n, "_lieu": ""} for n, ligne in enumerate(lignes, 2)]
    return pl.DataFrame(numerotees, schema=SCHEMA)


def _typer(lignes: pl.DataFrame) -> Typage:
    return typer("pointages", lignes, FACONS, CONTEXTE)


@given(LIGNES)
@settings(max_examples=60, deadline=None)
def test_chaque_ligne_est_propre_ou_rejetee_jamais_les_deux(
    lignes: list[dict[str, str | None]],
) -> None:
    typage = _typer(_table(lignes))
    issues = Counter([*typage.propres["_ligne"], *typage.rejets["ligne"]])
    assert issues == Counter(range(2, len(lignes) + 2))


@given(LIGNES)
@settings(max_examples=60, deadline=None)
def test_ce_qui_est_propre_respecte_le_schema(lignes: list[dict[str, str | None]]) -> None:
    propres = _typer(_table(lignes)).propres
    for nom, colonne in TABLES["pointages"].colonnes.items():
        assert propres.schema[nom] == TABLES["pointages"].schema[nom]
        assert not (colonne.obligatoire and propres[nom].null_count())
    assert set(propres["etablissement"]) <= {"E001", "E022"}
    assert propres.filter(pl.col("depart_min") < pl.col("arrivee_min")).is_empty()
    assert propres.filter(pl.col("date") > CONTEXTE.recu_le).is_empty()


@given(LIGNES, st.randoms())
@settings(max_examples=60, deadline=None)
def test_l_ordre_des_lignes_est_indifferent(
    lignes: list[dict[str, str | None]], hasard: object
) -> None:
    table = _table(lignes)
    melange = table.sample(fraction=1, shuffle=True, seed=hasard.randint(0, 999))  # type: ignore[attr-defined]
    droit, melee = _typer(table), _typer(melange)
    assert droit.propres.sort("_ligne").equals(melee.propres.sort("_ligne"))
    assert droit.rejets.sort("ligne").equals(melee.rejets.sort("ligne"))
    assert droit.corrections.sort("ligne", "colonne").equals(
        melee.corrections.sort("ligne", "colonne")
    )


@given(LIGNES)
@settings(max_examples=60, deadline=None)
def test_typer_deux_fois_ne_change_plus_rien(lignes: list[dict[str, str | None]]) -> None:
    """Une table propre réécrite en texte ISO et relue redonne la même table, sans correction."""
    propres = _typer(_table(lignes)).propres
    minutes = [c for c in propres.columns if c.endswith("_min")]
    reecrites = propres.with_columns(
        (
            (pl.col(c) // 60).cast(pl.String).str.zfill(2)
            + ":"
            + (pl.col(c) % 60).cast(pl.String).str.zfill(2)
        )
        for c in minutes
    ).with_columns(pl.col("date", "noms_libres", "numeros_libres").cast(pl.String))
    seconde = _typer(reecrites)
    assert seconde.propres.equals(propres)
    assert seconde.rejets.is_empty() and seconde.corrections.is_empty()


@given(LIGNES)
@settings(max_examples=60, deadline=None)
def test_les_doublons_se_separent_sans_perte(lignes: list[dict[str, str | None]]) -> None:
    propres = _typer(_table([*lignes, *lignes])).propres
    gardees, doublons = separer_doublons("pointages", propres)
    assert gardees.height + doublons.height == propres.height
    assert sorted([*gardees["_ligne"], *doublons["_ligne"]]) == sorted(propres["_ligne"])
    comparees = [
        c for c in TABLES["pointages"].colonnes if c not in ("noms_libres", "numeros_libres")
    ]
    assert not gardees.select(comparees).is_duplicated().any()
    # La première de chaque groupe est gardée : toutes viennent du premier exemplaire.
    assert gardees["_ligne"].max() is None or gardees["_ligne"].max() <= len(lignes) + 1  # type: ignore[operator]
    assert gardees["_ligne"].is_sorted()


_NOMS = st.text("abcdefghijklmnopqrstuvwxyzéèçñ ", min_size=3, max_size=12)


@given(_NOMS, st.sampled_from(["arrivee_min", "date", "etablissement", "depart_min"]))
@settings(max_examples=50, deadline=None)
def test_aucun_texte_libre_ne_passe_dans_les_rejets(nom: str, colonne: str) -> None:
    saine = {
        **{c: None for c in CELLULES},
        **{"enfant": "a1", "etablissement": "E001", "date": "01/09/2026"},
    }
    typage = _typer(_table([{**saine, colonne: f"Mme {nom}"}]))
    assert typage.rejets["valeur"].to_list() == [None]
