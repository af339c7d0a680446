"""Le portrait sur les vrais chiffres publics : totaux publiés, cas hostiles, autre département."""

import json
import shutil
from datetime import date
from pathlib import Path

import duckdb
import polars as pl
import pytest

from rtpe_analyse.chemins import RACINE_PROJET
from rtpe_analyse.indicateurs import (
    composition_des_zonages,
    construire_zones,
    definitions,
)
from rtpe_analyse.restitution import ouvrir
from rtpe_analyse.secret import proteger
from tests.specifications.outils import (
    LE,
    Jeu,
    agrement,
    egal,
    etablissement,
    ligne_de,
    ouvertures,
    territoire,
    valeur_de,
)
from tests.unites.outils_restitution import PERIODE, lu, nombre

REFERENTIEL = RACINE_PROJET / "donnees" / "referentiel"
PUBLICS = RACINE_PROJET.parent / "shared" / "donnees-publiques"
AVEC_SOURCES = pytest.mark.skipif(not PUBLICS.exists(), reason="fichiers publics réels absents")
DEPARTEMENT = "94"
# Fontenay-sous-Bois et Nogent-sur-Marne ; Rungis n'a pas de ligne Cnaf ; Paris 12e est à côté.
FONTENAY, NOGENT, RUNGIS, PARIS_12 = "94033", "94052", "94065", "75112"


def reseau_reel(dossier: Path, referentiel: Path, prefixe: str = DEPARTEMENT) -> Jeu:
    def ici(code: str) -> str:
        return prefixe + code[2:] if code.startswith(DEPARTEMENT) else code

    jeu = Jeu(dossier)
    shutil.copytree(referentiel, jeu.lieux.referentiel)
    lieux = {"A": FONTENAY, "B": NOGENT, "C": RUNGIS}
    jeu.ecrire("etablissements", [etablissement(e, ici(c)) for e, c in lieux.items()])
    jeu.ecrire("territoires", [territoire(e, "T2" if e == "C" else "T1") for e in lieux])
    jeu.ecrire("ouvertures", ouvertures("A", date(2026, 1, 5), 1))
    jeu.ecrire("agrements", [a for e in lieux for a in agrement(e, 60)])
    jeu.ecrire(
        "zonages",
        [
            {"zonage": z, "nom_zonage": z, "valide_du": date(2020, 1, 1), **lieu}
            for z, lieu in (
                *(("Z1", {"commune": ici(c)}) for c in (NOGENT, NOGENT, PARIS_12)),
                ("Z2", {"commune": ici(RUNGIS)}),
                *(("Z3", {"iris": ici(i)}) for i in ("940330101", "940330999")),
            )
        ],
    )
    return jeu


@pytest.fixture(scope="module")
def jeu(tmp_path_factory: pytest.TempPathFactory) -> Jeu:
    return reseau_reel(tmp_path_factory.mktemp("reel"), REFERENTIEL)


@pytest.fixture(scope="module")
def table(jeu: Jeu) -> pl.DataFrame:
    return jeu.calculer("besoins")


def valeur(table: pl.DataFrame, code: str, annee: int, zone: str = DEPARTEMENT, **reste):
    return valeur_de(table, code, zone, periode=str(annee), **reste)


@pytest.mark.parametrize(
    ("code", "annee", "publie"),
    [
        # Contrôles de la récolte des fichiers publics (Insee, Cnaf, Drees).
        *(("S2", a, n) for a, n in ((2017, 20_360), (2018, 20_034), (2019, 20_056))),
        *(("S2", a, n) for a, n in ((2020, 19_553), (2022, 18_696))),
        *(("S3", a, n) for a, n in ((2010, 1_327_732), (2013, 1_354_005), (2015, 1_372_389))),
        ("S3", 2018, 1_396_913),
        *(("S3", a, n) for a, n in ((2020, 1_407_972), (2021, 1_415_367), (2022, 1_419_531))),
        ("S7", 2020, 48_278),
        *(("S15", a, n) for a, n in ((2014, 6_808), (2023, 4_305))),
        ("S16", 2023, 18_284),
    ],
)
def test_les_totaux_sont_ceux_des_producteurs(table: pl.DataFrame, code, annee, publie) -> None:
    assert valeur(table, code, annee) == publie


PAR_CODE_POSTAL = "Insee, Comparateur de territoires, une ligne par code postal"
COMPARATEUR = "Insee, Base du comparateur de territoires"
PAR_COMMUNE = "Insee et Cnaf, Naissances et places par commune"
PAR_IRIS = "Insee, Recensement de la population et Filosofi, indicateurs par IRIS"


@pytest.mark.parametrize(
    ("code", "annee", "zone", "attendue"),
    [
        ("S3", 2022, DEPARTEMENT, "Insee, Populations légales"),
        ("S3", 2021, DEPARTEMENT, PAR_CODE_POSTAL),
        ("S3", 2018, DEPARTEMENT, COMPARATEUR),
        # Publiée par IRIS seulement : le dire ; d'un zonage d'IRIS, c'est la source même.
        ("S3", 2016, DEPARTEMENT, f"{PAR_IRIS} (somme des IRIS)"),
        ("S3", 2022, "Z3", PAR_IRIS),
        ("S4", 2022, NOGENT, f"{PAR_IRIS} (somme des IRIS)"),
        ("S2", 2020, DEPARTEMENT, COMPARATEUR),
        ("S2", 2019, DEPARTEMENT, PAR_COMMUNE),
        # Cinq ans d'écart : les sources des deux années.
        ("S2v", 2022, NOGENT, f"{PAR_CODE_POSTAL} ; {PAR_COMMUNE}"),
        ("S15", 2023, DEPARTEMENT, "DREES, data.drees, jeu 331, enquête PMI"),
    ],
)
def test_la_source_est_celle_de_l_annee(
    table: pl.DataFrame, code: str, annee: int, zone: str, attendue: str
) -> None:
    assert ligne_de(table, code, zone, periode=str(annee))["source"] == attendue


def test_les_enfants_et_leur_part_d_allocataires(table: pl.DataFrame) -> None:
    """59 480 enfants en 2017, 55 229 en 2022 ; 83 % des enfants connus de la Caf en 2020."""
    assert round(valeur(table, "S1", 2017)) == 59_480
    assert round(valeur(table, "S1", 2022)) == 55_229
    assert round(100 * valeur(table, "S13", 2020)) == 83


def test_la_couverture_publiee_et_la_difference_expliquee(table: pl.DataFrame) -> None:
    assert round(100 * valeur(table, "B1", 2022)) == 54 == round(100 * valeur(table, "B1p", 2022))
    manque = valeur(table, "S14p", 2022) - valeur(table, "S14", 2022)
    assert manque == 30_400 - 29_736
    publication = ligne_de(table, "S17", DEPARTEMENT, periode="2022")
    assert (publication["numerateur"], publication["denominateur"]) == (40, 47)
    sans = table.filter(
        pl.col("indicateur") == "S14",
        pl.col("maille") == "commune",
        pl.col("periode") == "2022",
        pl.col("ventilation") == "",
        pl.col("valeur").is_null(),
    )["zone"]
    assert len(sans) == 7
    nees = [valeur(table, "S2", 2022, c) for c in sans]
    assert sum(nees) == 318
    # 664 places pour ces communes : moins de places que d'enfants (trois années de naissances).
    assert manque < 3 * sum(nees)


@AVEC_SOURCES
def test_recalcul_depuis_les_fichiers_des_producteurs(table: pl.DataFrame) -> None:
    caf, qpv = PUBLICS / "caf", PUBLICS / "qpv"
    places = f"read_csv('{caf}/caf_places_accueil_communes_94_2017-2022.csv')"
    taux = f"read_csv('{caf}/caf_taux_couverture_communes_94_2017-2022.csv')"
    for annee in (2017, 2022):
        sql = f"""
            select sum(p.places_offertes_ensemble)
                 / sum(p.places_offertes_ensemble / t.taux_de_couv_global * 100)
            from {places} p join {taux} t
              on p.num_commune = t.numero_commune and p.date_reference = t.date_reference
            where cast(p.date_reference as varchar) like '%{annee}%'
        """
        assert valeur(table, "B1", annee) == pytest.approx(duckdb.sql(sql).fetchall()[0][0], 1e-4)
    sql = f"""
        select sum(replace(replace(POP_MUN, ' ', ''), chr(8239), '')::int)
        from read_csv('{qpv}/qpv_demographie_94_2022.csv', delim=';', all_varchar=true)
        where CODGEO like 'QP%'
    """
    assert valeur(table, "S10", 2022) == duckdb.sql(sql).fetchall()[0][0]


def test_recalcul_depuis_le_referentiel(jeu: Jeu, table: pl.DataFrame) -> None:
    fichier = jeu.lieux.referentiel / "communes_annee.csv"
    sql = """
        select sum(enfants_moins_3_estimes - places_total),
               sum(places_eaje_psu) / sum(enfants_moins_3_estimes)
        from read_csv($f, types={'commune': 'varchar'}) where annee = 2022
    """
    sans, psu = duckdb.execute(sql, {"f": str(fichier)}).fetchall()[0]
    assert valeur(table, "B1u", 2022) == egal(sans)
    assert valeur(table, "B1", 2022, modalite="eaje_psu") == egal(psu)


def test_la_somme_des_communes_est_le_departement(table: pl.DataFrame) -> None:
    additifs = table.filter(
        pl.col("indicateur").is_in(["S1", "S1n", "S2", "S3", "S7", "S14", "B1u"]),
        pl.col("maille").is_in(["commune", "departement"]),
    )
    sommes = additifs.group_by("indicateur", "periode", "modalite", "maille").agg(
        pl.col("numerateur").sum()
    )
    larges = sommes.pivot("maille", index=["indicateur", "periode", "modalite"])
    assert len(larges) > 50
    assert (larges["commune"] - larges["departement"]).abs().max() < 1e-6


def test_les_territoires_et_les_zonages_hostiles(table: pl.DataFrame) -> None:
    # Une seule commune, sans ligne Cnaf : ni zéro place, ni zéro enfant.
    for zone in ("T2", "Z2", RUNGIS):
        assert ligne_de(table, "B1", zone, periode="2022")["statut"] == "non_calculable"
        assert valeur(table, "S2", 2022, zone) == 53
    # À cheval, la commune citée deux fois : Paris n'est pas au référentiel, et cela se voit.
    seule = ligne_de(table, "B1", NOGENT, periode="2022")
    a_cheval = ligne_de(table, "B1", "Z1", periode="2022")
    assert (a_cheval["valeur"], a_cheval["statut"]) == (egal(seule["valeur"]), "a_verifier")
    # Un IRIS introuvable n'efface pas l'autre.
    quartier = ligne_de(table, "S3", "Z3", periode="2022")
    assert quartier["valeur"] > 0
    assert quartier["statut"] == "a_verifier"


def test_un_autre_departement_avec_ses_seules_donnees(table: pl.DataFrame, tmp_path: Path) -> None:
    """Les mêmes chiffres sous un autre numéro : tout suit, rien n'est attaché au premier."""
    copie = tmp_path / "referentiel"
    copie.mkdir()
    for fiche in REFERENTIEL.glob("*.fiche.yaml"):
        shutil.copy(fiche, copie / fiche.name)
    for fichier in REFERENTIEL.glob("*.csv"):
        colonnes = {"code", "commune", "iris", "qpv", "departement", "zone"}
        lue = pl.read_csv(fichier, infer_schema=False)
        lue.with_columns(
            pl.col(c).str.replace("^94", "93").str.replace("^QP094", "QP093")
            for c in colonnes & set(lue.columns)
            if fichier.stem != "departements_annee" or c != "departement"
        ).write_csv(copie / fichier.name)
    autre = reseau_reel(tmp_path / "jeu", copie, "93").calculer("besoins")
    departementales = ["S15", "S16"]
    cle = ["indicateur", "maille", "zone", "periode", "ventilation", "modalite"]
    attendue = table.filter(~pl.col("indicateur").is_in(departementales)).with_columns(
        pl.col("zone").str.replace("^94", "93")
    )
    obtenue = autre.filter(~pl.col("indicateur").is_in(departementales))
    publiees = pl.col("indicateur").str.ends_with("p")
    assert obtenue.filter(~publiees).sort(cle).equals(attendue.filter(~publiees).sort(cle))


def test_le_rapport_dit_la_difference(
    jeu: Jeu, table: pl.DataFrame, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier = jeu.lieux.indicateurs
    (dossier / "interne").mkdir(parents=True)
    proteger(table, "interne", LE).write_parquet(dossier / "interne" / "besoins.parquet")
    activite = pl.DataFrame([nombre("P1", "territoire", "T1", 120)], schema=_schema(table))
    activite.write_parquet(dossier / "interne" / "places.parquet")
    construire_zones(jeu.lieux).write_parquet(dossier / "zones.parquet")
    for nom, contenu in (
        ("definitions", definitions()),
        ("zonages", composition_des_zonages(jeu.lieux, LE)),
    ):
        (dossier / f"{nom}.json").write_text(json.dumps(contenu))
    monkeypatch.setenv("RTPE_DONNEES", str(dossier))
    rapport = ouvrir(departement=DEPARTEMENT, periode=PERIODE)
    dite = lu(rapport.valeurs_publiees())
    assert "54 pour 100 enfants selon Caf du Val-de-Marne, Ctrad n° 104" in dite
    assert "53,8 pour 100 enfants par notre calcul" in dite
    assert "30 400 places selon" in dite
    assert "664 places de moins" in dite
    assert "7 sur 47, Ablon-sur-Seine" in dite
    assert "De 48,4 places" in lu(rapport.couverture_dans_le_temps())
    territoire_ = ouvrir(territoire="T1", periode=PERIODE, comparaison="zonage:Z1")
    assert "Zonage Z1" in lu(territoire_.portrait())
    assert "Niveau de vie médian" in lu(rapport.portrait())


def _schema(table: pl.DataFrame) -> dict[str, pl.DataType]:
    return {nom: genre for nom, genre in table.schema.items() if nom != "parents"}


def test_les_iris_redecoupes_de_choisy_et_leur_table_de_passage(tmp_path: Path) -> None:
    """Trois IRIS de 2016-2018 n'existent plus en 2022 : absence montrée, ou passage déclaré."""
    jeu = reseau_reel(tmp_path, REFERENTIEL)
    iris = pl.read_csv(REFERENTIEL / "iris_annee.csv", schema_overrides={"iris": pl.String})
    actuels = iris.filter(pl.col("annee") == 2022, pl.col("population").is_not_null())["iris"]
    anciens = (
        iris.filter(~pl.col("iris").is_in(actuels.implode()), pl.col("annee") == 2018)
        .select("iris", "allocataires_enfants_moins_3")
        .sort("iris")
    )
    assert len(anciens) == 3
    commune = anciens["iris"][0][:5]
    connus = iris.filter(pl.col("annee") <= 2018, pl.col("allocataires").is_not_null())["iris"]
    nouveaux = actuels.filter(
        actuels.str.starts_with(commune) & ~actuels.is_in(connus.implode())
    ).sort()
    assert len(nouveaux) > 0
    jeu.ecrire(
        "zonages",
        [
            {"zonage": "Z", "nom_zonage": "Z", "iris": i, "valide_du": date(2020, 1, 1)}
            for i in nouveaux
        ],
    )
    sans = jeu.calculer("besoins").filter(
        pl.col("zone") == "Z", pl.col("indicateur") == "S7", pl.col("periode") == "2018"
    )
    assert sans["valeur"].drop_nulls().is_empty()
    part = 1 / len(nouveaux)
    jeu.ecrire(
        "passages",
        [
            {"ancien": a, "nouveau": n, "effet": date(2019, 1, 1), "part": part}
            for a in anciens["iris"]
            for n in nouveaux
        ],
    )
    avec = jeu.calculer("besoins")
    attendu = anciens["allocataires_enfants_moins_3"].sum()
    assert valeur_de(avec, "S7", "Z", periode="2018") == egal(attendu)
    # Le total du département ne bouge pas : il ne dépend pas du découpage.
    assert valeur_de(avec, "S7", DEPARTEMENT, periode="2018") == 49_913
