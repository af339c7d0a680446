"""Les fiches d'établissement : ce que le lot prévoit, où il les range, ce que le portail montre."""

from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from bs4 import BeautifulSoup

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.diffusion.manifeste import Manifeste, lire_donnees
from rtpe_analyse.diffusion.plan import Travail, lire_etablissements, planifier
from rtpe_analyse.diffusion.portail import ecrire_portail
from rtpe_analyse.erreurs import ErreurUsage
from rtpe_analyse.modeles import Periode
from tests.unites.outils_diffusion import (
    CELLULE_PARAMETRES,
    ecrire_carnet,
    ecrire_indicateurs,
    parametres,
)

T3 = Periode.lire("2026-T3")
FICHE = CELLULE_PARAMETRES.replace("territoire =", "etablissement =")
ETABLISSEMENTS = [
    ("E1", "Les Lutins", "T1", None),
    ("E2", "La Ronde", "T1", date(2026, 7, 15)),
    ("E3", "Les Pinsons", "T2", None),
    ("E4", "Fermée avant", "T2", date(2026, 6, 30)),
    ("E5", "Sans territoire", None, None),
]

Prevoir = Callable[..., list[Travail]]


@pytest.fixture
def lieux(tmp_path: Path) -> Lieux:
    carnets = tmp_path / "carnets"
    ecrire_carnet(carnets, "occupation", [parametres()], titre="Occupation")
    ecrire_carnet(carnets, "fiche_eaje", [parametres(FICHE)], titre="Fiche")
    lieux = ecrire_indicateurs(tmp_path)
    zones = pl.read_parquet(lieux.indicateurs / "zones.parquet")
    lignes = [("etablissement", *e[:3], date(2020, 1, 1), e[3]) for e in ETABLISSEMENTS]
    ajouts = pl.DataFrame(lignes, schema=zones.schema, orient="row")
    pl.concat([zones, ajouts]).write_parquet(lieux.indicateurs / "zones.parquet")
    return lieux


@pytest.fixture
def prevoir(lieux: Lieux, tmp_path: Path) -> Prevoir:
    def prevoir(
        territoires: Sequence[str] | None = None,
        etablissements: Sequence[str] | None = None,
        carnets: Sequence[str] | None = None,
        comparaison: str = "",
    ) -> list[Travail]:
        return planifier(
            lieux,
            T3,
            territoires=territoires,
            etablissements=etablissements,
            carnets=carnets,
            comparaison=comparaison,
            niveau="interne",
            edition=date(2026, 10, 15),
            dossier_carnets=tmp_path / "carnets",
            delai=60,
        )

    return prevoir


def noms(travaux: list[Travail]) -> list[str]:
    return [t.nom for t in travaux]


def test_une_fiche_par_etablissement_ouvert_dans_la_periode(lieux: Lieux) -> None:
    # E2 a fermé pendant le trimestre : il a sa fiche ; E4 avant : non ; E5 n'a pas de territoire.
    assert [z.code for z in lire_etablissements(lieux, T3)] == ["E1", "E2", "E3"]


def test_le_lot_entier_compte_les_fiches_apres_les_rapports(prevoir: Prevoir) -> None:
    attendus = ["T1 / occupation", "T2 / occupation"]
    assert noms(prevoir()) == attendus + [f"{e} / fiche_eaje" for e in ("E1", "E2", "E3")]


@pytest.mark.parametrize(
    ("choix", "attendus"),
    [
        (
            {"territoires": ["T1"]},
            ["T1 / occupation", "E1 / fiche_eaje", "E2 / fiche_eaje"],
        ),
        ({"etablissements": ["E3"]}, ["E3 / fiche_eaje"]),
        (
            {"territoires": ["T1"], "etablissements": ["E3"]},
            ["T1 / occupation", "E3 / fiche_eaje"],
        ),
        ({"territoires": ["T2"], "carnets": ["fiche_eaje"]}, ["E3 / fiche_eaje"]),
    ],
)
def test_le_choix_des_zones(prevoir: Prevoir, choix: dict, attendus: list[str]) -> None:
    assert noms(prevoir(**choix)) == attendus


def test_la_fiche_se_range_chez_son_territoire(prevoir: Prevoir, lieux: Lieux) -> None:
    (travail,) = prevoir(etablissements=["E1"])
    racine = lieux.rapports / "2026-T3"
    assert travail.page.relative_to(racine).as_posix() == "T1/fiche_eaje/E1.html"
    assert travail.demande.parametres["etablissement"] == "E1"


@pytest.mark.parametrize("code", ["E4", "E5", "inconnu"])
def test_un_etablissement_hors_de_la_periode_est_refuse(prevoir: Prevoir, code: str) -> None:
    with pytest.raises(ErreurUsage, match="Établissement") as refus:
        prevoir(etablissements=[code])
    assert "E1, E2, E3" in str(refus.value.remede)


def _ecrire_page(travail: Travail, donnees: str, statut: str = "reussi") -> None:
    manifeste = Manifeste(
        statut=statut,  # type: ignore[arg-type]
        carnet=travail.demande.carnet.nom,
        titre=travail.demande.carnet.titre,
        maille=travail.zone.maille,
        zone=travail.zone.code,
        libelle=travail.zone.libelle,
        jeu="exemple",
        version="0",
        edition="2026-10-15",
        empreinte_carnet="",
        empreinte_indicateurs=donnees,
        parametres={},
        indicateurs={},
        raison="" if statut == "reussi" else "Cellule 4.",
    )
    travail.page.parent.mkdir(parents=True, exist_ok=True)
    if statut == "reussi":
        travail.page.write_text("<p>page</p>", encoding="utf-8")
    manifeste.ecrire(travail.manifeste if statut == "reussi" else travail.echec)


def test_le_portail_replie_les_fiches_sous_leur_territoire(prevoir: Prevoir, lieux: Lieux) -> None:
    donnees = lire_donnees(lieux, "interne").empreinte
    for travail in prevoir():
        _ecrire_page(travail, donnees, "echec" if travail.zone.code == "E3" else "reussi")
    page = BeautifulSoup(ecrire_portail(lieux, T3).read_text(encoding="utf-8"), "html.parser")
    nord, sud = page.tbody("tr", recursive=False)
    assert nord.details.summary.text == "Fiches d'établissement (2)"
    # Par nom d'établissement, et non par code.
    assert [(a.text, a["href"]) for a in nord.details("a")] == [
        ("La Ronde", "T1/fiche_eaje/E2.html"),
        ("Les Lutins", "T1/fiche_eaje/E1.html"),
    ]
    assert [a["href"] for a in nord.td.find_next_sibling("td").ul("a")] == ["T1/occupation.html"]
    assert "Les Pinsons" in sud.details.text
    assert sud.details.a is None
    assert "en échec" in sud.details.text
    assert "Les Pinsons" in page.find(id="echecs").find_next("ul").text


def test_la_comparaison_ne_va_qu_aux_carnets_qui_la_prennent(
    lieux: Lieux, tmp_path: Path, prevoir: Prevoir
) -> None:
    avec = CELLULE_PARAMETRES + '\ncomparaison = "departement"'
    ecrire_carnet(tmp_path / "carnets", "besoins", [parametres(avec)], titre="Besoins")
    sans = {t.nom: t.demande.parametres for t in prevoir(["T1"])}
    assert "comparaison" not in sans["T1 / besoins"]
    choisie = {t.nom: t.demande.parametres for t in prevoir(["T1"], comparaison="zonage:Z1")}
    assert choisie["T1 / besoins"]["comparaison"] == "zonage:Z1"
    assert "comparaison" not in choisie["T1 / occupation"]
