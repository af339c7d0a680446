"""La porte : aucun nom n'en sort, et les pseudonymes ne dépendent que de ce qu'il faut."""

import hashlib
import tempfile
import unicodedata
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from rtpe_analyse import sources
from rtpe_analyse.sources.porte import pseudonyme
from rtpe_analyse.sources.textes import plier
from tests.unites.outils_sources import CLE, csv_de, fiche_de, lire

REGLAGES = settings(deadline=None, max_examples=40)
ENTETE_ENFANTS = (
    "Code enfant;Code famille;Nom;Prénom;Date de naissance;N° allocataire;Besoin particulier;"
    "Adresse;Téléphone;Courriel"
)
LETTRES = st.text("abcdeéèçïœ", min_size=4, max_size=12)
SECRETS = st.lists(
    st.tuples(*[st.from_regex(r"Zq[a-zé]{5,9}Wx", fullmatch=True)] * 6), min_size=1, max_size=5
)


def _hmac_a_la_main(cle: bytes, message: bytes) -> str:
    """HMAC-SHA-256 selon la RFC 2104, sans le module hmac."""
    bloc = (cle if len(cle) <= 64 else hashlib.sha256(cle).digest()).ljust(64, b"\0")
    dedans = hashlib.sha256(bytes(o ^ 0x36 for o in bloc) + message).digest()
    return hashlib.sha256(bytes(o ^ 0x5C for o in bloc) + dedans).hexdigest()


@REGLAGES
@given(st.text(max_size=50), st.binary(min_size=1, max_size=100))
def test_le_pseudonyme_est_un_hmac(message: str, cle: bytes) -> None:
    assert pseudonyme(message, cle) == _hmac_a_la_main(cle, message.encode())[:20]


def _enfants(lignes: list[str], logiciel: str = "berceau", cle: bytes = CLE) -> sources.Lecture:
    with tempfile.TemporaryDirectory() as dossier:
        contenu = csv_de(*lignes, entete=ENTETE_ENFANTS, encodage="utf-8")
        fiche = fiche_de(Path(dossier), f"enfants_{logiciel}.csv", contenu)
        return sources.lire(fiche, sources.charger_descripteur("registre_enfants"), cle)


def _tout(lecture: sources.Lecture) -> str:
    morceaux = [str(lecture.colonnes_ignorees)]
    for table in (*lecture.tables.values(), lecture.issues, lecture.corrections):
        morceaux += [str(valeur) for ligne in table.rows() for valeur in ligne]
    return "\n".join(morceaux)


@REGLAGES
@given(SECRETS)
def test_aucune_valeur_identifiante_ne_sort(secrets: list[tuple[str, ...]]) -> None:
    lignes = [
        f"{code};{code};{nom};{prenom};05/06/2023;7654321;non;{adresse};{tel};{mel}@x.fr"
        for code, nom, prenom, adresse, tel, mel in secrets
    ]
    malformee = ";".join(secrets[0]) + ";" * 20 + "trop"
    sortie = plier(_tout(_enfants([*lignes, malformee, f"Total {secrets[0][1]};;;"])))
    brut = plier("\n".join(lignes))
    for mot in (mot for ligne in secrets for mot in ligne):
        assert plier(mot) in brut
        assert plier(mot) not in sortie
    assert "05/06/2023" not in _tout(_enfants(lignes)) and "7654321" not in sortie


@REGLAGES
@given(SECRETS)
def test_aucun_champ_libre_ne_sort_d_un_pointage(secrets: list[tuple[str, ...]]) -> None:
    lignes = [
        f"E001;Crèche;{code};{nom};{prenom};05/06/2023;B;01/09/2026;08:00;17:00;9;9;;{libre}"
        for code, nom, prenom, libre, _, _ in secrets
    ]
    with tempfile.TemporaryDirectory() as dossier:
        lecture = lire(Path(dossier), csv_de(*lignes))
    sortie = plier(_tout(lecture))
    assert not [mot for ligne in secrets for mot in ligne[:4] if plier(mot) in sortie]


@REGLAGES
@given(LETTRES, LETTRES, st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.integers(1, 9_999_999))
def test_l_appariement_ignore_casse_accents_et_ponctuation(
    nom: str, prenom: str, naissance: date, matricule: int
) -> None:
    jour = f"{naissance:%d/%m/%Y}"
    sans = unicodedata.normalize("NFKD", nom).encode("ascii", "ignore").decode()
    variantes = [
        f"1;F;{nom};{prenom};{jour};{matricule};;;;",
        f"2;F; {nom.upper()} ;{prenom.title()}.;{jour} ;00{matricule} Z;;;;",
        f"3;F;{nom[:2]}-{nom[2:]};'{prenom}';{jour};{matricule}A;;;;",
        f"4;F;{unicodedata.normalize('NFD', nom)};{prenom};{jour};{matricule};;;;",
    ]
    if "œ" not in nom:
        variantes.append(f"5;F;{sans};{prenom};{jour};{matricule};;;;")
    table = _enfants(variantes).tables["enfants"]
    assert table["appariement"].n_unique() == 1 and table["appariement"].null_count() == 0
    assert table["appariement_caf"].n_unique() == 1
    assert table["enfant"].n_unique() == len(variantes)


@REGLAGES
@given(st.lists(LETTRES, min_size=2, max_size=6, unique_by=plier))
def test_enfants_et_cles_differents_pseudonymes_differents(noms: list[str]) -> None:
    lignes = [f"C{rang};F{rang};{nom};Léa;05/06/2023;;;;;" for rang, nom in enumerate(noms)]
    table = _enfants(lignes).tables["enfants"]
    for colonne in ("enfant", "famille", "appariement"):
        assert table[colonne].n_unique() == len(noms)
        assert table[colonne].str.len_chars().unique().to_list() == [20]
    autre_cle = _enfants(lignes, cle=b"une autre cle").tables["enfants"]
    autre_logiciel = _enfants(lignes, "ribambelle").tables["enfants"]
    assert not set(table["enfant"]) & set(autre_cle["enfant"])
    assert not set(table["enfant"]) & set(autre_logiciel["enfant"])
    assert table["appariement"].equals(autre_logiciel["appariement"])
