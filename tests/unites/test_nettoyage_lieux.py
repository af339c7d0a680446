"""Retrouver un établissement ou une commune malgré la façon dont l'export l'a écrit."""

import polars as pl
import pytest

from rtpe_analyse.nomenclatures.etablissements import (
    repertoire_dossiers,
    repertoire_etablissements,
)
from rtpe_analyse.nomenclatures.reperage import (
    SIMPLIFICATIONS_COMMUNES,
    Repertoire,
    Trouvaille,
)

COMMUNES = Repertoire(
    [
        ("01004", "Ambérieu-en-Bugey"),
        ("93066", "Saint-Denis"),
        ("97411", "Saint-Denis"),
        ("95219", "Ermont"),
        ("92019", "Châtenay-Malabry"),
        ("95424", "L'Isle-Adam"),
        ("77365", "Le Plessis-Feu-Aussoux"),
        ("75056", "Paris"),
        ("78575", "Saint-Rémy-lès-Chevreuse"),
    ],
    SIMPLIFICATIONS_COMMUNES,
)
ETABLISSEMENTS = pl.DataFrame(
    {
        "etablissement": ["E001", "E002", "E003", "E010"],
        "nom": ["Crèche Les Lutins", "Multi-accueil Les Lutins", "Crèche Les Îles", "Le Nid"],
        "dossier_afc": ["0012345", "0012346", "0012399", None],
    }
)


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("01004", Trouvaille("01004")),
        ("Ermont", Trouvaille("95219")),
        ("ERMONT", Trouvaille("95219", "nom_de_lieu")),
        ("chatenay malabry", Trouvaille("92019", "nom_de_lieu")),
        ("ST REMY LES CHEVREUSE", Trouvaille("78575", "nom_de_lieu")),
        ("Isle-Adam (L')", Trouvaille("95424", "nom_de_lieu")),
        ("Plessis-Feu-Aussoux", Trouvaille("77365", "nom_de_lieu")),
        ("Paris 12e", Trouvaille("75056", "nom_de_lieu")),
        ("PARIS 12EME ARRONDISSEMENT", Trouvaille("75056", "nom_de_lieu")),
        ("Ermont Cedex", Trouvaille("95219", "nom_de_lieu")),
        ("1004", Trouvaille("01004", "code_tronque")),
        ("9521", Trouvaille("95219", "code_tronque")),
        ("Saint-Denis", None),  # deux communes portent ce nom
        ("Saint", None),
        ("99999", None),
        ("", None),
    ],
)
def test_commune(texte: str, attendu: Trouvaille | None) -> None:
    assert COMMUNES.trouver(texte) == attendu


@pytest.mark.parametrize(
    ("texte", "attendu"),
    [
        ("E001", Trouvaille("E001")),
        ("Crèche Les Lutins", Trouvaille("E001")),
        ("e001", Trouvaille("E001", "nom_de_lieu")),
        ("CRECHE LES LUTINS", Trouvaille("E001", "nom_de_lieu")),
        ("Crèche dép. Les Iles", Trouvaille("E003", "nom_de_lieu")),
        ("crèche départementale des îles", Trouvaille("E003", "nom_de_lieu")),
        ("Les Îles", Trouvaille("E003", "nom_de_lieu")),
        ("E1", Trouvaille("E001", "code_tronque")),
        ("E01", None),  # E001 sans zéro, ou E010 sans son dernier chiffre
        ("E00", None),  # E001, E002 ou E003
        ("Les Lutins", None),  # la crèche ou le multi-accueil
        ("Crèche", None),
    ],
)
def test_etablissement(texte: str, attendu: Trouvaille | None) -> None:
    assert repertoire_etablissements(ETABLISSEMENTS).trouver(texte) == attendu


def test_numero_de_dossier_caf() -> None:
    dossiers = repertoire_dossiers(ETABLISSEMENTS)
    assert dossiers.trouver("0012345") == Trouvaille("E001")
    assert dossiers.trouver("12345") == Trouvaille("E001", "code_tronque")
    assert dossiers.trouver("E001") is None
    assert dossiers.trouver("001234") is None  # deux dossiers commencent ainsi


def test_un_dossier_partage_ne_designe_personne() -> None:
    partage = ETABLISSEMENTS.with_columns(dossier_afc=pl.lit("777"))
    assert repertoire_dossiers(partage).trouver("777") is None


def test_un_meme_etablissement_sur_deux_periodes_reste_trouvable() -> None:
    deux = pl.concat([ETABLISSEMENTS, ETABLISSEMENTS])
    assert repertoire_etablissements(deux).trouver("Le Nid") == Trouvaille("E010")
