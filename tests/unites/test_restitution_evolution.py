"""La série longue : agrégats, événements, niveaux ; sans saison lisible, une phrase."""

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from rtpe_analyse.modeles import Periode
from rtpe_analyse.restitution import Rapport, ouvrir
from rtpe_analyse.restitution.calendrier import compter_jours
from rtpe_analyse.restitution.contexte import Contexte
from tests.unites.outils_restitution import PERIODE, Ouvrir, ligne, lu, masque, ratio

DERNIERE = Periode.lire(PERIODE)
SAISON = (0.02, 0.04, -0.06, 0.0)


def suite(taux: Sequence[float | None], detail: int | None = None, zone: str = "T1") -> list[dict]:
    """T1 trimestre après trimestre jusqu'à celui du rapport ; P3 sur les `detail` derniers."""
    lignes = []
    for rang, valeur in enumerate(taux):
        quand = DERNIERE.decaler(rang + 1 - len(taux))
        if valeur is not None:
            lignes.append(ratio("T1", "territoire", zone, 1000 * valeur, 1000, periode=str(quand)))
        connu = detail is None or rang >= len(taux) - detail
        lignes.append(
            ratio("P3", "territoire", zone, 9, 10, periode=str(quand))
            if connu
            else ligne("P3", "territoire", zone, periode=str(quand), statut="non_calculable")
        )
    return lignes


def saisonniere(niveaux: Sequence[float]) -> list[float]:
    """Une saison nette et un frémissement de deux millièmes, autour des niveaux donnés."""
    fremissement = (0.001, -0.002, 0.002, -0.001, 0.0)
    return [n + SAISON[r % 4] + fremissement[r % 5] for r, n in enumerate(niveaux)]


def test_les_agregats_se_disent(monde: Ouvrir) -> None:
    rapport = monde(suite(saisonniere([0.6] * 16), detail=6))
    figure, phrases = rapport.serie_longue("T1"), lu(rapport.lecture_de_la_serie("T1"))
    assert figure.genre == "figure"
    assert "Jusqu'au 1er trimestre 2025, la série vient d'agrégats" in phrases
    assert lu(figure).count("agrégats") >= 10


def test_sans_agregat_la_serie_n_en_parle_pas(monde: Ouvrir) -> None:
    rapport = monde(suite(saisonniere([0.6] * 16)))
    assert "agrégats" not in lu(rapport.lecture_de_la_serie("T1"))
    assert "agrégats" not in lu(rapport.serie_longue("T1"))


def test_une_saison_sans_changement_n_en_invente_pas(monde: Ouvrir) -> None:
    rapport = monde(suite(saisonniere([0.6] * 20)))
    assert "aucun changement durable" in lu(rapport.lecture_de_la_serie("T1"))


def test_un_changement_de_niveau_est_date(monde: Ouvrir) -> None:
    """Dix trimestres à 60 %, dix à 75 % : le premier des seconds est le 2e de 2024."""
    rapport = monde(suite(saisonniere([0.6] * 10 + [0.75] * 10)))
    phrases = lu(rapport.lecture_de_la_serie("T1"))
    assert "à partir du 2e trimestre 2024" in phrases
    assert phrases.count("le niveau passe") == 1


def test_un_changement_au_passage_du_detail_n_accuse_pas_l_accueil(monde: Ouvrir) -> None:
    rapport = monde(suite(saisonniere([0.6] * 10 + [0.75] * 10), detail=10))
    assert "la mesure a pu changer" in lu(rapport.lecture_de_la_serie("T1"))


@pytest.mark.parametrize(
    ("taux", "dite"),
    [
        ([0.6, 0.61, 0.62], "trop courte (3 périodes ; il en faut 16)"),
        ([0.6] * 16, "La série est constante"),
        ([0.0] * 16, "La série est constante"),
        ([0.6 + 0.01 * (r % 4) if r != 7 else None for r in range(16)], "Il manque des périodes"),
    ],
    ids=["courte", "constante", "nulle", "trouée"],
)
def test_une_serie_sans_saison_lisible_dit_pourquoi(
    monde: Ouvrir, taux: list[float | None], dite: str
) -> None:
    rapport = monde(suite(taux))
    phrases = lu(rapport.lecture_de_la_serie("T1"))
    assert dite in phrases
    assert "le niveau passe" not in phrases
    assert rapport.serie_longue("T1").genre == "figure"


@pytest.mark.parametrize("lignes", [[], suite([0.6])], ids=["rien", "une période"])
def test_sans_serie_une_phrase(monde: Ouvrir, lignes: list[dict]) -> None:
    rapport = monde([*lignes, ratio("T4", "territoire", "T1", 1, 2)])
    assert rapport.serie_longue("T1").genre == "encadre"
    assert lu(rapport.lecture_de_la_serie("T1"))


def test_une_serie_masquee_le_dit_sans_nombre(monde: Ouvrir) -> None:
    lignes = [masque("T1", "territoire", "T1", periode=str(DERNIERE.decaler(-n))) for n in range(8)]
    contenu = monde(lignes).serie_longue("T1")
    assert "secret statistique" in lu(contenu)
    assert "987" not in lu(contenu)


def _avec_evenement(dossier: Path, monde: Ouvrir, lignes: list[dict]) -> Rapport:
    monde(lignes)
    zones = dossier / "indicateurs" / "zones.parquet"
    table = pl.read_parquet(zones)
    ferme = pl.col("zone") == "E003"
    table.with_columns(
        valide_au=pl.when(ferme).then(date(2025, 7, 31)),
        evenement=pl.when(ferme).then(pl.lit("Fermé le 31/07/2025, places reprises par E001")),
    ).write_parquet(zones)
    return ouvrir(territoire="T1", periode=PERIODE, edition="2026-10-15", niveau="interne")


def test_une_fusion_est_annotee_et_nomme_le_repreneur(tmp_path: Path, monde: Ouvrir) -> None:
    figure = _avec_evenement(tmp_path, monde, suite(saisonniere([0.6] * 8))).serie_longue("T1")
    assert "Pomme d'Api & Cie, fermé le 31/07/2025, places reprises par Les Lutins" in lu(figure)


def _avec_ruptures(dossier: Path, monde: Ouvrir, ruptures: list[dict[str, str]]) -> Rapport:
    monde(suite(saisonniere([0.6] * 8)))
    texte = json.dumps(ruptures, ensure_ascii=False)
    (dossier / "indicateurs" / "ruptures.json").write_text(texte, encoding="utf-8")
    return ouvrir(territoire="T1", periode=PERIODE, edition="2026-10-15", niveau="interne")


def rupture(code: str, nature: str = "logiciel") -> dict[str, str]:
    return {
        "etablissement": code,
        "le": "2026-01-01",
        "nature": nature,
        "avant": "Berceau",
        "apres": "Ribambelle",
    }


def test_un_changement_de_logiciel_est_annote_et_dit(tmp_path: Path, monde: Ouvrir) -> None:
    """Celui d'un établissement d'un autre territoire (E004) n'y est pas."""
    rapport = _avec_ruptures(tmp_path, monde, [rupture("E001"), rupture("E004")])
    dit = "Les Lutins change de logiciel (« Berceau », puis « Ribambelle »)"
    assert f"détail 2. {dit} 2e trimestre 2026" in lu(rapport.serie_longue("T1"))
    phrases = lu(rapport.lecture_de_la_serie("T1"))
    assert f"la mesure a pu changer, et non l'accueil) : {dit} (T1 2026, n° 2)." in phrases
    assert "Pinsons" not in phrases


@pytest.mark.parametrize(
    ("avant", "apres", "dit"),
    [
        ("T1", "T2", "Les Pinsons quitte le territoire pour Territoire Sud"),
        ("T2", "T1", "Les Pinsons rejoint le territoire (avant : Territoire Sud)"),
    ],
)
def test_un_changement_de_territoire_est_annote_des_deux_cotes(
    tmp_path: Path, monde: Ouvrir, avant: str, apres: str, dit: str
) -> None:
    """Sans lui, le niveau du territoire semblerait avoir changé."""
    passe = {**rupture("E004", "territoire"), "avant": avant, "apres": apres}
    rapport = _avec_ruptures(tmp_path, monde, [passe])
    assert dit in lu(rapport.serie_longue("T1"))
    assert f"rattachements : {dit} (T1 2026, n° 2)." in lu(rapport.lecture_de_la_serie("T1"))


def test_le_passage_entre_deux_autres_territoires_ne_se_dit_pas(
    tmp_path: Path, monde: Ouvrir
) -> None:
    passe = {**rupture("E001", "territoire"), "avant": "T2", "apres": "T3"}
    assert "Lutins" not in lu(_avec_ruptures(tmp_path, monde, [passe]).serie_longue("T1"))


def test_plusieurs_etablissements_changent_ensemble(tmp_path: Path, monde: Ouvrir) -> None:
    ruptures = [rupture(c, "fichier") for c in ("E001", "E002")]
    phrases = lu(_avec_ruptures(tmp_path, monde, ruptures).lecture_de_la_serie("T1"))
    assert "2 établissements changent de fichier de présences (« Berceau »" in phrases


def test_une_regle_qui_change_est_annotee(monde: Ouvrir) -> None:
    """Le prix plafond dépend du taux de facturation autrement depuis le 1er janvier 2025."""
    assert "Nouvelle règle : PSU, passage d'un prix plafond" in lu(
        monde(suite(saisonniere([0.6] * 12))).serie_longue("T1")
    )


def test_2021_ne_se_compare_pas(monde: Ouvrir) -> None:
    """23 trimestres : la série commence au premier de 2021."""
    rapport = monde(suite(saisonniere([0.6] * 23)))
    phrases = lu(rapport.lecture_de_la_serie("T1"))
    figure = lu(rapport.serie_longue("T1"))
    assert "Fond hachuré : crise sanitaire" in figure
    assert figure.count("Crise sanitaire") == 4
    assert "Crise sanitaire : 4 trimestres de la série (T1 2021 à T4 2021)" in phrases


def test_un_seul_trimestre_atypique_se_dit_au_singulier(monde: Ouvrir) -> None:
    """Vingt trimestres : la série commence au dernier de 2021."""
    phrases = lu(monde(suite(saisonniere([0.6] * 20))).lecture_de_la_serie("T1"))
    assert "1 trimestre de la série (T4 2021) ne se compare à aucun autre." in phrases


def test_les_jours_du_troisieme_trimestre_2026() -> None:
    """92 jours du mercredi 1er juillet : 66 de semaine ; 14 juillet férié, 15 août un samedi.

    Vacances d'été de la zone C : du 4 juillet au 31 août 2026 inclus, 41 jours de semaine moins
    le 14 juillet.
    """
    jours = compter_jours(Periode.lire("2026-T3"), "C")
    assert (jours.semaine, jours.feries, jours.ouvres) == (66, 1, 65)
    assert jours.vacances == 40


def test_l_alsace_a_deux_jours_feries_de_plus() -> None:
    """Vendredi saint, le 3 avril 2026, et 26 décembre 2026, un samedi : un seul en semaine."""
    annee = [compter_jours(Periode.lire(f"2026-T{t}"), "B", "Alsace-Moselle") for t in (2, 4)]
    ailleurs = [compter_jours(Periode.lire(f"2026-T{t}"), "B") for t in (2, 4)]
    assert [a.feries - b.feries for a, b in zip(annee, ailleurs, strict=True)] == [1, 0]


def test_le_calendrier_se_compare_a_l_an_dernier(monde: Ouvrir) -> None:
    contenu = monde(suite([0.6] * 5)).calendrier()
    assert contenu.genre == "tableau"
    assert "1 jour ouvré de plus" in lu(contenu)


def test_un_departement_sans_zone_n_emprunte_pas_celle_d_un_autre(
    monde: Ouvrir, monkeypatch: pytest.MonkeyPatch
) -> None:
    contenu = lu(monde(suite([0.6] * 5)).calendrier())
    assert "zone inconnue" in contenu
    assert "Vacances scolaires non comptées" in contenu
    assert "n.d. : donnée non disponible" in contenu
    monkeypatch.setattr(Contexte, "departement", "01")
    assert "(zone A)" in lu(monde(suite([0.6] * 5)).calendrier())


def test_une_annee_sans_calendrier_scolaire_garde_les_jours_ouvres(monde: Ouvrir) -> None:
    assert compter_jours(Periode.lire("2050-T1"), "C").vacances is None
    assert compter_jours(Periode.lire("2026-T3"), None).vacances is None


def test_une_periode_masquee_au_milieu_est_nommee(monde: Ouvrir) -> None:
    lignes = [x for x in suite(saisonniere([0.6] * 16)) if x["periode"] != "2024-T3"]
    cache = [masque("T1", "territoire", "T1", periode="2024-T3")]
    texte = lu(monde([*lignes, *cache]).lecture_de_la_serie("T1"))
    assert "Changements de niveau non cherchés." in texte
    assert "Sans valeur : T3 2024 (masqué)." in texte


def test_un_trou_entre_agregats_et_detail_se_dit(monde: Ouvrir) -> None:
    """Quatre trimestres d'agrégats (jusqu'au 3e de 2024), quatre vides, quatre de détail."""
    phrases = lu(
        monde(suite([0.6] * 4 + [None] * 4 + [0.61] * 4, detail=4)).lecture_de_la_serie("T1")
    )
    assert "Jusqu'au 3e trimestre 2024, la série vient d'agrégats mensuels" in phrases
    assert "Elle s'interrompt ensuite, et reprend au 4e trimestre 2025, en détail." in phrases
