"""Le jeu d'exemple : déterminisme, vérité complète, formats lisibles."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.erreurs import ErreurUsage
from rtpe_analyse.exemple import fabriquer
from rtpe_analyse.exemple.depot import ISSUES
from rtpe_analyse.nomenclatures import motifs

# Familles du fichier des motifs → issue attendue dans la vérité.
ISSUE_DE_FAMILLE = {
    "refus": "refuse",
    "rejet": "rejete",
    "ecart": "ecarte",
    "correction": "corrige",
    "constat": "constat",
}
CONSTATS = {
    "surnombre",
    "presence_jour_ferme",
    "facture_inferieur_realise",
    "double_presence",
    "commune_inconnue",
    "quasi_doublon",
    "mois_vide",
    "mois_double",
    "mois_recopie",
    "donnee_personnelle",
    "presence_sans_contrat",
    "tarif_ecart",
    "contrat_chevauchant",
    "planning_hors_ouverture",
    "agrement_concurrent",
}


@pytest.fixture(scope="module")
def petit(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lieux]:
    lieux = Lieux(donnees=tmp_path_factory.mktemp("exemple"))
    fabriquer(lieux, petit=True)
    yield lieux


def _octets(lieux: Lieux) -> dict[str, bytes]:
    return {
        f.relative_to(lieux.racine).as_posix(): f.read_bytes()
        for f in sorted(lieux.racine.rglob("*"))
        if f.is_file()
    }


def test_meme_graine_memes_octets(petit: Lieux, tmp_path: Path) -> None:
    autre = Lieux(donnees=tmp_path)
    fabriquer(autre, petit=True)
    attendus, obtenus = _octets(petit), _octets(autre)
    assert any(nom.endswith(".xlsx") for nom in attendus)
    assert attendus.keys() == obtenus.keys()
    assert [n for n in attendus if attendus[n] != obtenus[n]] == []


def test_autre_graine_autres_octets(petit: Lieux, tmp_path: Path) -> None:
    autre = Lieux(donnees=tmp_path)
    fabriquer(autre, petit=True, graine=7, formats="csv")
    nom = "depot/pointages_2026-03.csv"
    assert _octets(petit)[nom] != _octets(autre)[nom]


def test_refabriquer_remplace_le_depot(tmp_path: Path) -> None:
    lieux = Lieux(donnees=tmp_path)
    fabriquer(lieux, petit=True, formats="csv")
    (lieux.depot / "ancien.csv").write_text("à effacer")
    fabriquer(lieux, petit=True, formats="csv")
    assert not (lieux.depot / "ancien.csv").exists()
    assert sorted(f.name for f in lieux.racine.iterdir()) == [
        "LISEZMOI.txt",
        "depot",
        "verite.parquet",
        "verite_activite.parquet",
        "verite_effets.parquet",
    ]


def test_fictif_est_dit(petit: Lieux) -> None:
    assert "FICTIVES" in (petit.racine / "LISEZMOI.txt").read_text(encoding="utf-8")


def test_verite_contient_chaque_code(petit: Lieux) -> None:
    verite = pl.read_parquet(petit.racine / "verite.parquet")
    assert set(ISSUES) | CONSTATS == set(verite["code"])


def test_issue_de_chaque_code_suit_la_nomenclature(petit: Lieux) -> None:
    verite = pl.read_parquet(petit.racine / "verite.parquet")
    connus = motifs()
    attendues = {code: ISSUE_DE_FAMILLE[connus[code]["famille"]] for code in set(verite["code"])}
    assert dict(verite.select("code", "issue").unique().iter_rows()) == attendues


def test_une_seule_salete_par_ligne(petit: Lieux) -> None:
    """Hors constats de fichier (ligne 0) : aucune ligne ne porte deux codes."""
    verite = pl.read_parquet(petit.racine / "verite.parquet").filter(pl.col("ligne") > 0)
    assert len(verite) > 100
    assert verite.select("fichier", "ligne", "lieu").is_duplicated().sum() == 0


def test_verite_designe_des_fichiers_du_depot(petit: Lieux) -> None:
    verite = pl.read_parquet(petit.racine / "verite.parquet")
    noms = set(verite["fichier"]) - {""}
    assert noms and noms <= {f.name for f in petit.depot.iterdir()}
    sans_fichier = verite.filter(pl.col("fichier") == "")
    assert set(sans_fichier["code"]) == {"surnombre", "mois_recopie"}
    assert sans_fichier["lieu"].str.contains(r"^E\d+\|\d{4}-\d{2}(-\d{2})?$").all()


def test_csv_en_cp1252_crlf_et_nombre_de_colonnes(petit: Lieux) -> None:
    octets = (petit.depot / "pointages_2026-03.csv").read_bytes()
    lignes = octets.decode("cp1252").split("\r\n")
    assert lignes[-1] == "" and "\n" not in lignes[1]
    malformees = pl.read_parquet(petit.racine / "verite.parquet").filter(
        (pl.col("fichier") == "pointages_2026-03.csv") & (pl.col("code") == "ligne_malformee")
    )["ligne"]
    largeurs = {n: ligne.count(";") for n, ligne in enumerate(lignes[:-1], 1)}
    assert {n for n, largeur in largeurs.items() if largeur != 13} == set(malformees)


def test_formats_csv_n_ecrit_ni_classeur_ni_filoue(tmp_path: Path) -> None:
    lieux = Lieux(donnees=tmp_path)
    fabriquer(lieux, petit=True, formats="csv")
    noms = {f.name for f in lieux.depot.iterdir()}
    assert not [n for n in noms if n.endswith(".xlsx") or n.startswith(("filoue", "historique"))]
    # Un seul logiciel d'un bout à l'autre : le premier mois est déjà un export de pointages.
    assert "pointages_2025-07.csv" in noms and "enfants_berceau.csv" not in noms


@pytest.mark.parametrize("mauvais", [{"formats": "xml"}, {"echelle": 0}, {"annees": 0}])
def test_option_sans_sens(tmp_path: Path, mauvais: dict[str, object]) -> None:
    with pytest.raises(ErreurUsage):
        fabriquer(Lieux(donnees=tmp_path), petit=True, **mauvais)  # type: ignore[arg-type]
    assert not (tmp_path / "exemple" / "depot").exists()


def test_bilan_compte_ce_qui_est_ecrit(tmp_path: Path) -> None:
    lieux = Lieux(donnees=tmp_path)
    etapes: list[tuple[str, int, int]] = []
    bilan = fabriquer(lieux, petit=True, formats="csv", progres=lambda *e: etapes.append(e))
    fichiers = list(lieux.depot.iterdir())
    assert bilan.fichiers == len(fichiers)
    assert bilan.octets == sum(f.stat().st_size for f in fichiers)
    assert etapes and all(0 <= fait < total for _, fait, total in etapes)


def test_bascule_a_la_date_du_profil(petit: Lieux) -> None:
    noms = sorted(f.name for f in petit.depot.glob("pointages_????-??.csv"))
    assert noms[0] == "pointages_2026-01.csv"
    classeurs = {f.stem[-7:] for f in petit.depot.glob("presences_E*_????-??.xlsx")}
    assert min(classeurs) == "2025-07" and max(classeurs) == "2025-12"
    registre = pl.read_csv(
        petit.depot / "contrats_ribambelle.csv", separator=";", encoding="windows-1252"
    )
    debuts = registre["Début"].str.to_date("%d/%m/%Y")
    assert debuts.min() == date(2026, 1, 1)
