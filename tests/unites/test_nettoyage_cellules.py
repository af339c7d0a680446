"""Lire une cellule : nombres, heures, durées, dates, oui/non, valeurs traduites."""

from datetime import date

import polars as pl
import pytest

from rtpe_analyse.nettoyage.cellules import MOTIFS_REJET
from rtpe_analyse.nettoyage.dates import lire_dates
from rtpe_analyse.nettoyage.heures import lire_durees, lire_instants
from rtpe_analyse.nettoyage.nombres import lire_nombres
from rtpe_analyse.nettoyage.valeurs import lire_booleens, lire_textes, traduire_valeurs
from rtpe_analyse.nomenclatures import motifs

FINE, INSECABLE = "\u202f", "\u00a0"


def _une(lus: pl.DataFrame) -> tuple[object, str | None, str | None]:
    return lus.select("valeur", "erreur", "correction").row(0)


@pytest.mark.parametrize(
    ("brut", "valeur", "correction"),
    [
        ("12,5", 12.5, None),
        ("12.5", 12.5, None),
        ("-3", -3.0, None),
        (",5", 0.5, None),
        (f"1{INSECABLE}234,5", 1234.5, "espace_milliers"),
        (f"1{FINE}234,5", 1234.5, "espace_milliers"),
        ("12 345 678", 12345678.0, "espace_milliers"),
        ("12,50 €", 12.5, None),
        (f"1{FINE}234,50€", 1234.5, "espace_milliers"),
        ("0,062 %", 0.062, None),
        ("-", None, None),
    ],
)
def test_nombre_a_la_francaise(brut: str, valeur: float | None, correction: str | None) -> None:
    assert _une(lire_nombres(pl.Series([brut]))) == (valeur, None, correction)


@pytest.mark.parametrize(
    "brut",
    ["1.234,5", "1,234.5", "1 2", "12 34", "nan", "inf", "#REF!", "1e", "douze", "--5", "n.c."],
)
def test_nombre_illisible_n_est_jamais_devine(brut: str) -> None:
    assert _une(lire_nombres(pl.Series([brut]))) == (None, "nombre_illisible", None)


def test_un_entier_n_a_pas_de_partie_decimale() -> None:
    lus = lire_nombres(pl.Series(["12,0", "12,5"]), entier=True)
    assert lus["valeur"].to_list() == [12, None]
    assert lus["erreur"].to_list() == [None, "nombre_illisible"]


@pytest.mark.parametrize(
    ("brut", "formes", "minutes", "correction"),
    [
        ("08:30", ("hh:mm",), 8 * 60 + 30, None),
        ("8:05", (), 8 * 60 + 5, None),
        ("08:30:00", ("hh:mm",), 8 * 60 + 30, None),
        ("8h30", ("hh:mm",), 8 * 60 + 30, "heure_en_h"),
        ("8 H 30", ("hh:mm",), 8 * 60 + 30, "heure_en_h"),
        ("8h", ("hh:mm",), 8 * 60, "heure_en_h"),
        ("8h30", ("8h30",), 8 * 60 + 30, None),
        ("0830", ("hhmm",), 8 * 60 + 30, None),
        ("8,30", ("hh,mm",), 8 * 60 + 30, None),
        ("8,30", ("centiemes",), 8 * 60 + 18, None),
        ("0,5", ("fraction",), 12 * 60, None),
        ("24:00", ("hh:mm",), 24 * 60, None),
    ],
)
def test_instant(brut: str, formes: tuple[str, ...], minutes: int, correction: str | None) -> None:
    assert _une(lire_instants(pl.Series([brut]), formes)) == (minutes, None, correction)


@pytest.mark.parametrize("brut", ["8,30", "8.30", "830", "8"])
@pytest.mark.parametrize("formes", [(), ("hh:mm",)])
def test_un_nombre_sans_forme_declaree_est_ambigu(brut: str, formes: tuple[str, ...]) -> None:
    assert _une(lire_instants(pl.Series([brut]), formes)) == (None, "heure_ambigue", None)
    assert _une(lire_durees(pl.Series([brut]), formes)) == (None, "heure_ambigue", None)


@pytest.mark.parametrize("brut", ["25:00", "8:75", "midi", "8h75", "#ERREUR"])
def test_heure_illisible(brut: str) -> None:
    assert _une(lire_instants(pl.Series([brut]), ("hh:mm",))) == (None, "heure_illisible", None)


@pytest.mark.parametrize(
    ("brut", "unites", "minutes", "correction"),
    [
        ("8,50", ("centiemes",), 8 * 60 + 30, None),
        ("8,325", ("centiemes",), 500, None),  # 499,5 minutes, le demi vers le haut
        ("8:30", ("centiemes",), 8 * 60 + 30, None),
        ("8h30", ("centiemes",), 8 * 60 + 30, "heure_en_h"),
        (f"1{FINE}234,50", ("centiemes",), 1234 * 60 + 30, "espace_milliers"),
        ("1234:30", ("hh:mm",), 1234 * 60 + 30, None),
        ("510", ("minutes",), 510, None),
        ("8,30", ("hh,mm",), 8 * 60 + 30, None),
        ("0", (), 0, None),
        ("0,00", (), 0, None),
    ],
)
def test_duree(brut: str, unites: tuple[str, ...], minutes: int, correction: str | None) -> None:
    assert _une(lire_durees(pl.Series([brut]), unites)) == (minutes, None, correction)


@pytest.mark.parametrize(
    ("unites", "code"),
    [
        (("centiemes",), "nombre_illisible"),
        (("minutes",), "nombre_illisible"),
        (("hh:mm",), "heure_illisible"),
        ((), "heure_illisible"),
    ],
)
def test_une_duree_illisible_est_un_nombre_ou_une_heure(unites: tuple[str, ...], code: str) -> None:
    assert _une(lire_durees(pl.Series(["n.c."]), unites)) == (None, code, None)


def test_hh_mm_declare_refuse_soixante_minutes_et_plus() -> None:
    assert _une(lire_durees(pl.Series(["8,75"]), ("hh,mm",)))[0] is None


@pytest.mark.parametrize(
    ("brut", "formats", "attendue"),
    [
        ("01/09/2023", ("%d/%m/%Y",), date(2023, 9, 1)),
        ("1/9/2023", ("%d/%m/%Y",), date(2023, 9, 1)),
        ("01/09/23", ("%d/%m/%y",), date(2023, 9, 1)),
        ("01/09/23", ("%d/%m/%Y", "%d/%m/%y"), date(2023, 9, 1)),
        ("lun. 01/09/2023", ("%d/%m/%Y",), date(2023, 9, 1)),
        ("2023-09-01 00:00:00", (), date(2023, 9, 1)),
        ("09/2023", ("%m/%Y",), date(2023, 9, 1)),
        ("Septembre 2023", ("%B %Y",), date(2023, 9, 1)),
        ("août 2024", ("%B %Y",), date(2024, 8, 1)),
        ("févr. 2024", ("%B %Y",), date(2024, 2, 1)),
        ("45170", ("excel",), date(2023, 9, 1)),
        ("29/02/2024", ("%d/%m/%Y",), date(2024, 2, 29)),
    ],
)
def test_date(brut: str, formats: tuple[str, ...], attendue: date) -> None:
    assert _une(lire_dates(pl.Series([brut]), formats)) == (attendue, None, None)


@pytest.mark.parametrize(
    "brut", ["31/02/2024", "29/02/2023", "00/01/2024", "01/09/23", "45170", "01/09/0203", "hier"]
)
def test_date_impossible(brut: str) -> None:
    assert _une(lire_dates(pl.Series([brut]), ("%d/%m/%Y",))) == (None, "date_impossible", None)


def test_date_future_a_un_jour_pres() -> None:
    recu_le = date(2026, 10, 5)
    lus = lire_dates(pl.Series(["05/10/2026", "06/10/2026"]), ("%d/%m/%Y",), au_plus_tard=recu_le)
    assert lus["valeur"].to_list() == [recu_le, None]
    assert lus["erreur"].to_list() == [None, "date_future"]


def test_mois_ramene_au_premier_jour() -> None:
    lus = lire_dates(pl.Series(["15/09/2023", "2023-09"]), ("%d/%m/%Y",), mois=True)
    assert lus["valeur"].to_list() == [date(2023, 9, 1)] * 2


def test_oui_non() -> None:
    lus = lire_booleens(pl.Series(["Oui", "n", "Peut-être", "-"]), (), ())
    assert lus["valeur"].to_list() == [True, False, None, None]
    assert lus["erreur"].to_list() == [None, None, "valeur_inconnue", None]


def test_oui_non_declare_remplace_les_ecritures_usuelles() -> None:
    lus = lire_booleens(pl.Series(["Ouvert", "oui"]), ("ouvert",), ("fermé",))
    assert lus["valeur"].to_list() == [True, None]


def test_liste_fermee_sans_casse_ni_accents() -> None:
    lus = lire_textes(
        pl.Series(["Éviction", "MALADIE", "grève"]), frozenset({"eviction", "maladie"})
    )
    assert lus["valeur"].to_list() == ["eviction", "maladie", None]
    assert lus["erreur"].to_list() == [None, None, "valeur_inconnue"]


def test_traduction_vers_une_valeur_ou_vers_rien() -> None:
    traduits = traduire_valeurs(
        pl.Series(["Congés", "P", "conges", "autre"]), {"congés": "conges", "P": None}, stricte=True
    )
    assert traduits.to_list() == ["conges", None, "conges", None]


def test_chaque_motif_de_rejet_est_dans_la_nomenclature() -> None:
    connus = motifs()
    assert set(MOTIFS_REJET) <= {c for c, m in connus.items() if m["famille"] == "rejet"}
    for motif in connus.values():
        assert motif["libelle"] and motif["remede"]
        assert motif["gravite"] in {"critique", "avertissement", "information"}
