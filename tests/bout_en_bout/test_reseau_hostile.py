"""Un réseau et des zonages difficiles, du registre aux chiffres, à travers les commandes.

T1 n'a qu'une commune, que la Cnaf ne nomme pas. T2 est à cheval sur deux départements. Z1 cite
une commune inconnue, un IRIS introuvable et un IRIS ; Z2 n'est plus en vigueur ; Z3 n'a pas de
lieu lisible. Trois communes inventées de l'Ain, une de la Réunion.
"""

import sys

import polars as pl
import pytest

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.cli import main
from rtpe_analyse.controles.constats import lire_constats

PUBLICS = {
    "communes_pop2021_naissances2022.csv": (
        "insee_com,insee_dep,commune_article,code_postal,lat,lng,population_2021,naissances_2022\n"
        "01004,01,Ambérieu,01500,45.96,5.37,14000,150\n"
        "01053,01,Bourg,01000,46.20,5.22,41000,500\n"
        "01365,01,L'Île,01700,45.80,5.10,900,8\n"
        "97411,974,Saint-Denis,97400,-20.88,55.45,153000,2600\n"
    ),
    "places_2022.csv": (
        "date_reference,num_commune,nom_commune,places_EAJE_ensemble,places_offertes_ensemble\n"
        "2022,01004,AMBERIEU,100,300\n2022,01053,BOURG,400,900\n2022,97411,SAINT DENIS,900,1500\n"
    ),
    "taux_2022.csv": (
        "date_reference,numero_commune,nom_commune,taux_de_couv_eaje_ensemble,taux_de_couv_global\n"
        "2022,01004,AMBERIEU,20.0,60.0\n2022,01053,BOURG,24.5,55.1\n"
        "2022,97411,SAINT DENIS,30.0,50.0\n"
    ),
    "allocataires_iris_2020.csv": "CODGEO;A;PERCOU;ENF_2;NOTE\n010530101;90;200;40;\n",
}
_ENTETE = (
    "Code;Nom;Commune;Code Insee;Type;Gestion;Latitude;Longitude;Mode encadrement;"
    "Arrondi des heures;Ouverture;Fermeture;Fusion vers;Dossier AFC;Valide du;Valide au"
)
_ETABLISSEMENT = (
    "{0};Crèche {0};{1};{2};multi_accueil;departement;;;6;minute;01/09/2012;;;;01/09/2012;"
)
REGISTRES = {
    "etablissements.csv": "\n".join(
        [
            _ENTETE,
            _ETABLISSEMENT.format("E001", "L'Île", "01365"),
            _ETABLISSEMENT.format("E002", "Bourg", "1053"),
            _ETABLISSEMENT.format("E003", "Saint-Denis", "97411"),
        ]
    ),
    "territoires.csv": (
        "Code établissement;Territoire;Nom du territoire;Valide du;Valide au\n"
        "E001;T1;La rive;01/09/2012;\nE002;T2;Les deux rives;01/09/2012;\n"
        "E003;T2;Les deux rives;01/09/2012;\n"
    ),
    "agrements.csv": "Code établissement;Valide du;Valide au;Jour;Début;Fin;Places\n"
    + "".join(
        f"E00{e};01/09/2012;;{jour};07:30;18:30;20\n" for e in (1, 2, 3) for jour in range(1, 6)
    ),
    "ouvertures_2026.csv": (
        "Code établissement;Date;Prévu;Ouvert;Places ouvertes;Début;Fin;Cause\n"
        + "".join(f"E00{e};01/09/2026;oui;oui;20;07:30;18:30;\n" for e in (1, 2, 3))
    ),
    "zonages.csv": (
        "Code zonage;Nom du zonage;Commune;IRIS;Valide du;Valide au\n"
        "Z1;Bassin;01053;;01/01/2020;\nZ1;Bassin;01999;;01/01/2020;\n"
        "Z1;Bassin;;010049999;01/01/2020;\nZ2;Ancien;01004;;01/01/2020;31/12/2021\n"
        "Z3;Illisible;Nulle-Part;;01/01/2020;\n"
    ),
}


@pytest.fixture(scope="module")
def lieux(tmp_path_factory: pytest.TempPathFactory) -> Lieux:
    """Les quatre commandes, telles qu'on les tape, sur le jeu réel d'un dossier neuf."""
    racine = tmp_path_factory.mktemp("reseau_hostile")
    for dossier, fichiers in (("publics", PUBLICS), ("exports", REGISTRES)):
        (racine / dossier).mkdir()
        for nom, texte in fichiers.items():
            (racine / dossier / nom).write_text(texte, encoding="utf-8")
    with pytest.MonkeyPatch.context() as poste:
        poste.setenv("RTPE_CLE", str(racine / "cle"))
        donnees = ("--donnees", str(racine / "donnees"))
        for commande in (
            ("referentiel", str(racine / "publics"), "--recu-le", "2026-11-23"),
            ("recevoir", str(racine / "exports"), "--recu-le", "2026-11-23"),
            ("nettoyer",),
            ("controler",),
            ("calculer",),
        ):
            poste.setattr(sys, "argv", ["rtpe", *commande, *donnees])
            with pytest.raises(SystemExit) as fin:
                main()
            assert fin.value.code in (0, None), commande
    return Lieux(racine / "donnees", racine / "rapports", "reel")


@pytest.fixture(scope="module")
def besoins(lieux: Lieux) -> pl.DataFrame:
    return pl.read_parquet(lieux.indicateurs / "interne" / "besoins.parquet")


def ligne(table: pl.DataFrame, code: str, zone: str, annee: int = 2022) -> dict[str, object]:
    (trouvee,) = table.filter(
        pl.col("indicateur") == code,
        pl.col("zone") == zone,
        pl.col("periode") == str(annee),
        pl.col("ventilation") == "",
    ).to_dicts()
    return trouvee


def test_un_territoire_d_une_commune_sans_cnaf_n_est_pas_a_zero(besoins: pl.DataFrame) -> None:
    places = ligne(besoins, "S14", "T1")
    assert (places["valeur"], places["statut"]) == (None, "non_calculable")
    assert ligne(besoins, "S2", "T1")["valeur"] == 8


def test_un_territoire_a_cheval_additionne_ses_deux_departements(besoins: pl.DataFrame) -> None:
    # Le code « 1053 » du registre, amputé par un tableur, est bien 01053.
    assert ligne(besoins, "S14", "T2")["valeur"] == 900 + 1500
    assert ligne(besoins, "S14", "01")["valeur"] == 300 + 900
    assert ligne(besoins, "S14", "974")["valeur"] == 1500
    assert ligne(besoins, "S14", "01")["statut"] == "a_verifier"  # L'Île n'est pas publiée.


def test_un_zonage_dont_un_lieu_est_inconnu_est_partiel_et_le_constat_le_dit(
    lieux: Lieux, besoins: pl.DataFrame
) -> None:
    bassin = ligne(besoins, "S14", "Z1")
    assert (bassin["valeur"], bassin["statut"]) == (900, "a_verifier")
    constats = lire_constats(lieux).filter(pl.col("table") == "zonages").collect()
    assert sorted(constats.select("code", "ligne").rows()) == [
        ("commune_inconnue", 3),
        ("commune_inconnue", 6),
        ("iris_introuvable", 4),
    ]


def test_un_zonage_perime_ou_illisible_n_invente_rien(besoins: pl.DataFrame) -> None:
    assert besoins.filter(pl.col("zone") == "Z2").is_empty()
    # Seule la part de communes publiées se dit : aucune, sur une.
    illisible = besoins.filter(pl.col("zone") == "Z3", pl.col("indicateur") != "S17")
    assert illisible["valeur"].drop_nulls().is_empty()
    assert not illisible.is_empty()


def test_sans_qpv_ni_places_par_iris_l_absence_n_est_pas_un_zero(besoins: pl.DataFrame) -> None:
    assert besoins.filter(pl.col("indicateur").is_in(["S10", "S11"])).is_empty()
    assert ligne(besoins, "S7", "T2", 2020)["valeur"] == 40
