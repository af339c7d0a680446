"""Typer une table : propre, ou rejetée une seule fois ; rien d'identifiant dans les traces."""

from datetime import date

import polars as pl
import pytest

from rtpe_analyse.erreurs import ErreurDescripteur
from rtpe_analyse.nettoyage.facons import Contexte, Facon
from rtpe_analyse.nettoyage.typage import Typage, typer
from rtpe_analyse.nomenclatures.reperage import (
    SIMPLIFICATIONS_COMMUNES,
    SIMPLIFICATIONS_ETABLISSEMENTS,
    Repertoire,
)
from rtpe_analyse.schemas import TABLES

RECU_LE = date(2026, 10, 5)
CONTEXTE = Contexte(
    RECU_LE,
    Repertoire([("E001", "Les Lutins"), ("E022", "Le Nid")], SIMPLIFICATIONS_ETABLISSEMENTS),
    Repertoire((), (), {"0099": "E001"}),
    Repertoire([("95219", "Ermont")], SIMPLIFICATIONS_COMMUNES),
)
POINTAGES = {
    "date": Facon(formats=("%d/%m/%Y",)),
    "arrivee_min": Facon(formes=("hh:mm",)),
    "depart_min": Facon(formes=("hh:mm",)),
    "realise_min": Facon(formes=("centiemes",), duree=True),
    "motif_absence": Facon(valeurs={"Maladie": "maladie", "P": None}),
}
BASE = {
    "enfant": "a1",
    "etablissement": "E001",
    "date": "01/09/2026",
    "arrivee_min": "08:00",
    "depart_min": "17:00",
    "realise_min": "9,00",
    "motif_absence": None,
}


def _pointages(*ecarts: dict[str, str | None]) -> Typage:
    lignes = pl.DataFrame(
        [{**BASE, **e, "_ligne": n, "_lieu": ""} for n, e in enumerate(ecarts, 2)],
        schema={**dict.fromkeys(BASE, pl.String), "_ligne": pl.Int64, "_lieu": pl.String},
    )
    return typer("pointages", lignes, POINTAGES, CONTEXTE)


def test_une_ligne_saine_prend_le_schema_de_la_table() -> None:
    typage = _pointages({})
    schema = {c: t for c, t in TABLES["pointages"].schema.items() if c != "_fichier"}
    assert dict(typage.propres.schema) == {**schema, "_lieu": pl.String()}
    ligne = typage.propres.row(0, named=True)
    assert (ligne["date"], ligne["arrivee_min"], ligne["realise_min"]) == (
        date(2026, 9, 1),
        8 * 60,
        9 * 60,
    )
    assert typage.rejets.is_empty() and typage.corrections.is_empty()


@pytest.mark.parametrize(
    ("ecart", "colonne", "code", "valeur"),
    [
        ({"date": "31/09/2026"}, "date", "date_impossible", "31/09/2026"),
        ({"date": "06/10/2026"}, "date", "date_future", "06/10/2026"),
        ({"date": None}, "date", "valeur_absente", None),
        ({"arrivee_min": "8,30"}, "arrivee_min", "heure_ambigue", "8,30"),
        ({"arrivee_min": "99:99"}, "arrivee_min", "heure_illisible", "99:99"),
        ({"depart_min": "07:59"}, "depart_min", "depart_avant_arrivee", "07:59"),
        ({"etablissement": "E999"}, "etablissement", "code_inconnu", "E999"),
        ({"motif_absence": "Fantaisie"}, "motif_absence", "valeur_inconnue", None),
        ({"enfant": None}, "enfant", "valeur_absente", None),
    ],
)
def test_motif_de_rejet(
    ecart: dict[str, str | None], colonne: str, code: str, valeur: str | None
) -> None:
    typage = _pointages({}, ecart)
    assert typage.propres.height == 1
    assert typage.rejets.select("ligne", "colonne", "code", "issue", "valeur").rows() == [
        (3, colonne, code, "rejete", valeur)
    ]


def test_arriver_et_partir_a_la_meme_minute_n_est_pas_un_depart_avant() -> None:
    assert _pointages({"depart_min": "08:00"}).rejets.is_empty()


def test_plusieurs_defauts_une_seule_ligne_de_rejet() -> None:
    typage = _pointages({"date": "31/09/2026", "arrivee_min": "8,30", "etablissement": "Z"})
    assert typage.rejets["code"].to_list() == ["date_impossible"]


def test_une_ligne_rejetee_ne_laisse_pas_de_correction() -> None:
    assert _pointages({"date": "31/09/2026", "arrivee_min": "8h00"}).corrections.is_empty()


@pytest.mark.parametrize(
    ("ecart", "trace"),
    [
        ({"arrivee_min": "8h00"}, ("arrivee_min", "heure_en_h", "8h00", "480")),
        ({"etablissement": "E1"}, ("etablissement", "code_tronque", "E1", "E001")),
        ({"etablissement": "LE NID"}, ("etablissement", "nom_de_lieu", "LE NID", "E022")),
        ({"etablissement": " E001 "}, ("etablissement", "bourrage", " E001 ", "E001")),
        ({"date": "01/09/2026  "}, ("date", "bourrage", "01/09/2026  ", "2026-09-01")),
        (
            {"realise_min": "1\u202f009,00"},
            ("realise_min", "espace_milliers", "1\u202f009,00", "60540"),
        ),
    ],
)
def test_correction_tracee(ecart: dict[str, str | None], trace: tuple[str, ...]) -> None:
    typage = _pointages(ecart)
    assert typage.propres.height == 1
    assert typage.corrections.select("colonne", "code", "avant", "apres").rows() == [trace]


def test_une_traduction_vers_rien_efface_la_cellule() -> None:
    typage = _pointages({"motif_absence": "P"}, {"motif_absence": "MALADIE"})
    assert typage.propres["motif_absence"].to_list() == [None, "maladie"]
    assert typage.rejets.is_empty()


@pytest.mark.parametrize("colonne", ["arrivee_min", "date", "etablissement", "motif_absence"])
def test_un_nom_saisi_dans_une_colonne_ne_passe_pas_dans_les_rejets(colonne: str) -> None:
    typage = _pointages({colonne: "Mme Bidule 0612345678"})
    assert typage.rejets.height == 1
    assert typage.rejets["valeur"].to_list() == [None]


def test_une_somme_d_argent_corrigee_se_trace_sans_valeur() -> None:
    colonnes = ("enfant", "etablissement", "mois", "heures_facturees_h", "montant_eur")
    lignes = pl.DataFrame(
        [("a1", "E001", "09/2026", "100", "1\u00a0234,50 €", 2, "")],
        schema=[*colonnes, "_ligne", "_lieu"],
        orient="row",
    )
    typage = typer("factures", lignes, {"mois": Facon(formats=("%m/%Y",))}, CONTEXTE)
    assert typage.propres["montant_eur"].to_list() == [1234.5]
    assert typage.propres["mois"].to_list() == [date(2026, 9, 1)]
    assert typage.corrections.select("code", "avant", "apres").rows() == [
        ("espace_milliers", None, None)
    ]


def test_un_etablissement_par_son_dossier_caf() -> None:
    lignes = pl.DataFrame(
        [("0099", "2025", "10", "9", 2, ""), ("E001", "2025", "10", "9", 3, "")],
        schema=[
            *("etablissement", "annee", "heures_facturees_h", "heures_realisees_h"),
            *("_ligne", "_lieu"),
        ],
        orient="row",
    )
    typage = typer("usagers_filoue", lignes, {"etablissement": Facon(dossier_afc=True)}, CONTEXTE)
    assert typage.propres["etablissement"].to_list() == ["E001"]
    assert typage.rejets.select("ligne", "code").rows() == [(3, "code_inconnu")]


def _demandes(*communes: str | None) -> Typage:
    lignes = pl.DataFrame(
        [("d", "01/09/2026", c, n, "") for n, c in enumerate(communes, 2)],
        schema={"demande": pl.String, "depot": pl.String, "commune": pl.String}
        | {"_ligne": pl.Int64, "_lieu": pl.String},
        orient="row",
    )
    return typer("demandes", lignes, {"depot": Facon(formats=("%d/%m/%Y",))}, CONTEXTE)


def test_une_commune_introuvable_garde_la_ligne_et_se_signale() -> None:
    typage = _demandes("95219", "ERMONT", "Trifouilly", None, "-")
    assert typage.propres["commune"].to_list() == ["95219", "95219", None, None, None]
    assert typage.rejets.is_empty()
    assert typage.signalements.select("ligne", "colonne", "code").rows() == [
        (4, "commune", "commune_inconnue")
    ]


def test_une_commune_obligatoire_introuvable_n_efface_pas_l_etablissement() -> None:
    noms = ("etablissement", "valide_du", "nom", "commune")
    lignes = pl.DataFrame(
        [
            ("E9", "2026-01-01", "Le Nid", "Trifouilly", 2, ""),
            ("E8", "2026-01-01", "A", None, 3, ""),
        ],
        schema=[*noms, "_ligne", "_lieu"],
        orient="row",
    )
    typage = typer("etablissements", lignes, {}, CONTEXTE)
    assert typage.propres.select("etablissement", "commune").rows() == [("E9", None)]
    assert typage.signalements["ligne"].to_list() == [2]
    assert typage.rejets.select("ligne", "code").rows() == [(3, "valeur_absente")]


def test_une_colonne_obligatoire_non_decrite_est_une_erreur_de_descripteur() -> None:
    lignes = pl.DataFrame({"enfant": ["a"], "_ligne": [2], "_lieu": [""]})
    with pytest.raises(ErreurDescripteur, match="etablissement, date"):
        typer("pointages", lignes, {}, CONTEXTE)
