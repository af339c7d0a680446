"""Aucune ligne ne se perd, quel que soit le fichier."""

import csv
import io
import tempfile
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from rtpe_analyse import sources
from rtpe_analyse.erreurs import ErreurFichier
from tests.unites.outils_sources import CLE, ENTETE, LIGNE, csv_de, fiche_de, lire

REGLAGES = settings(deadline=None, max_examples=40)
CHAMPS = len(ENTETE.split(";"))
ECRIVABLE = st.text(st.characters(codec="cp1252", exclude_characters='"\r\n\x00'), max_size=30)
LIGNES = st.lists(
    st.one_of(
        ECRIVABLE,
        st.sampled_from(
            [LIGNE, ENTETE, "Total;;;", "", ";;;", "Édité le 01/10/2026", LIGNE + ";x"]
        ),
        st.lists(ECRIVABLE, min_size=CHAMPS, max_size=CHAMPS).map(
            lambda champs: ";".join(c.replace(";", ",") for c in champs)
        ),
    ),
    max_size=20,
)


def _lire(contenu: bytes) -> sources.Lecture:
    with tempfile.TemporaryDirectory() as dossier:
        return lire(Path(dossier), contenu)


@REGLAGES
@given(LIGNES)
def test_chaque_ligne_non_blanche_se_retrouve_une_fois(lignes: list[str]) -> None:
    lecture = _lire(csv_de(*lignes))
    rendues = [*lecture.tables["pointages"]["_ligne"], *lecture.issues["ligne"]]
    attendues = [n for n, ligne in enumerate(lignes, 2) if ligne.replace(";", "").strip()]
    assert sorted(rendues) == attendues
    assert lecture.lues["pointages"] == len(attendues)


@REGLAGES
@given(st.lists(st.text('a;"\t é', max_size=25), max_size=15))
def test_avec_des_guillemets_rien_n_est_compte_deux_fois(lignes: list[str]) -> None:
    try:
        lecture = _lire(csv_de(*lignes))
    except ErreurFichier as refus:
        assert refus.code == "fichier_tronque"
        return
    rendues = [*lecture.tables["pointages"]["_ligne"], *lecture.issues["ligne"]]
    assert len(rendues) == len(set(rendues)) == lecture.lues["pointages"]
    sans_guillemet = {
        n
        for n, ligne in enumerate(lignes, 2)
        if '"' not in ligne and ligne.replace(";", "").strip()
    }
    if not any('"' in ligne for ligne in lignes):
        assert set(rendues) == sans_guillemet


@REGLAGES
@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_characters="\x00\rMm"), max_size=12),
            min_size=CHAMPS,
            max_size=CHAMPS,
        ),
        max_size=12,
    ),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_ce_qu_ecrit_un_ecrivain_csv_se_relit(champs: list[list[str]], guillemets: int) -> None:
    """Le module csv de Python sert d'oracle : mêmes cellules, quel que soit leur contenu."""
    tampon = io.StringIO()
    ecrivain = csv.writer(tampon, delimiter=";", quoting=guillemets, lineterminator="\n")
    ecrivain.writerow(ENTETE.split(";"))
    titres = ENTETE.split(";")
    # Noms fixes, et ni « M. » ni « Mme » : une section qui nomme quelqu’un est refusée à raison.
    fixes = {0: "E001", titres.index("Nom"): "Xqzwk", titres.index("Prénom"): "Wvkqx"}
    marques = [[fixes.get(i, cellule) for i, cellule in enumerate(ligne)] for ligne in champs]
    ecrivain.writerows(marques)
    lecture = _lire(tampon.getvalue().encode())
    section = ENTETE.split(";").index("Section")
    lues = lecture.tables["pointages"]["section"].to_list()
    assert lues == [ligne[section] if ligne[section].strip() else None for ligne in marques]
    assert lecture.issues.is_empty()


@REGLAGES
@given(
    st.permutations(
        [LIGNE.replace("C1", f"C{n}").replace("08:00", f"08:{n:02d}") for n in range(6)]
    )
)
def test_l_ordre_des_lignes_est_indifferent(lignes: list[str]) -> None:
    table = _lire(csv_de(*lignes)).tables["pointages"].drop("_ligne").sort("arrivee_min")
    assert table["arrivee_min"].to_list() == [f"08:{n:02d}" for n in range(6)]
    assert table.equals(
        _lire(csv_de(*sorted(lignes))).tables["pointages"].drop("_ligne").sort("arrivee_min")
    )


@REGLAGES
@given(st.binary(max_size=400), st.sampled_from(["pointages_mensuels", "presences_jour"]))
def test_des_octets_quelconques_donnent_un_refus_clair(octets: bytes, source: str) -> None:
    with tempfile.TemporaryDirectory() as dossier:
        fiche = fiche_de(Path(dossier), "x.csv", octets)
        try:
            sources.lire(fiche, sources.charger_descripteur(source), CLE)
        except ErreurFichier as refus:
            assert refus.code and refus.remede
        else:
            raise AssertionError("des octets sans en-tête ne peuvent pas se lire")


@REGLAGES
@given(st.binary(max_size=200))
def test_des_octets_ajoutes_a_un_bon_fichier(octets: bytes) -> None:
    try:
        lecture = _lire(csv_de(LIGNE) + octets)
    except ErreurFichier as refus:
        assert refus.code in {"fichier_tronque", "fichier_binaire", "fichier_illisible"}
    else:
        table = lecture.tables["pointages"]
        assert lecture.lues["pointages"] == table.height + lecture.issues.height
        assert table["_ligne"][0] == 2
