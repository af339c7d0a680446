"""Des fichiers publics défectueux, à travers la commande : une erreur claire, ou un constat.

Trois communes inventées d'un département dont le code commence par un zéro ; la Cnaf n'en nomme
que deux. Chaque cas abîme un fichier et lit ce que la commande en dit et ce qu'elle en garde.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from rtpe_analyse.cli import affichage, main

FICHIERS = {
    "communes_pop2021_naissances2022.csv": (
        "insee_com,insee_dep,commune_article,code_postal,lat,lng,population_2021,naissances_2022\n"
        "01004,01,Ambérieu,01500,45.96,5.37,14000,150\n"
        "01053,01,Bourg,01000,46.20,5.22,41000,500\n"
        "01365,01,L'Île,01700,45.80,5.10,900,8\n"
    ),
    "places_2022.csv": (
        "date_reference,num_commune,nom_commune,places_EAJE_ensemble,places_offertes_ensemble\n"
        "2022,01004,AMBERIEU,100,300\n"
        "2022,01053,BOURG,400,900\n"
    ),
    "taux_2022.csv": (
        "date_reference,numero_commune,nom_commune,taux_de_couv_eaje_ensemble,taux_de_couv_global\n"
        "2022,01004,AMBERIEU,20.0,60.0\n"
        "2022,01053,BOURG,24.5,55.1\n"
    ),
}
LAMBERT = (
    '{"type": "FeatureCollection", "features": [{"type": "Feature",'
    ' "properties": {"code": "01004"}, "geometry": {"type": "Polygon", "coordinates":'
    " [[[870000, 6540000], [871000, 6540000], [871000, 6541000], [870000, 6540000]]]}}]}"
)
POPULATION = '{"01004": {"history": {"2020": 13900, "2022": 14100}}}'

Commande = Callable[..., tuple[int, str]]
Compiler = Callable[[dict[str, str | bytes]], tuple[int, str]]


@pytest.fixture
def rtpe(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> Commande:
    """La commande telle qu'on la tape : son code de sortie et ce qu'elle affiche."""

    def lancer(*arguments: str) -> tuple[int, str]:
        monkeypatch.setattr(
            sys, "argv", ["rtpe", *arguments, "--donnees", str(tmp_path / "donnees")]
        )
        # Un tableau étroit couperait les phrases ; la largeur se fixe au chargement du module.
        monkeypatch.setattr(affichage.sortie, "_width", 400)
        monkeypatch.setattr(affichage.erreurs, "_width", 400)
        with pytest.raises(SystemExit) as fin:
            main()
        vu = capsys.readouterr()
        return int(fin.value.code or 0), vu.out + vu.err

    return lancer


@pytest.fixture
def compiler(rtpe: Commande, tmp_path: Path) -> Compiler:
    """Les trois fichiers, remplacés ou complétés, présentés dans un dossier."""

    def lancer(changes: dict[str, str | bytes]) -> tuple[int, str]:
        dossier = tmp_path / "telechargements"
        dossier.mkdir()
        for nom, contenu in {**FICHIERS, **changes}.items():
            octets = contenu if isinstance(contenu, bytes) else contenu.encode()
            (dossier / nom).write_bytes(octets)
        return rtpe("referentiel", str(dossier), "--recu-le", "2026-11-23")

    return lancer


@pytest.fixture
def communes(tmp_path: Path) -> Callable[[], pl.DataFrame]:
    chemin = tmp_path / "donnees" / "referentiel" / "communes_annee.csv"
    return lambda: pl.read_csv(chemin, infer_schema=False)


def chiffre(table: pl.DataFrame, commune: str, variable: str, annee: int = 2022) -> str | None:
    ligne = table.filter(commune=commune, annee=str(annee))
    return ligne[variable].item() if ligne.height else None


def test_sans_defaut_tout_entre_et_l_absence_reste_une_absence(compiler, communes) -> None:
    code, dit = compiler({})
    assert (code, "3 fichier(s) reçu(s), 0 déjà reçu(s), 0 refusé(s)" in dit) == (0, True)
    assert chiffre(communes(), "01004", "enfants_moins_3_estimes") == "500"  # 300 / 60 %
    assert chiffre(communes(), "01365", "places_total") is None
    assert chiffre(communes(), "01365", "naissances") == "8"


def autre_ecriture(texte: str) -> bytes:
    """Colonnes à l'envers, points-virgules, virgule décimale, CRLF, cp1252."""
    lignes = [ligne.split(",")[::-1] for ligne in texte.splitlines()]
    return "\r\n".join(";".join(c.replace(".", ",") for c in ligne) for ligne in lignes).encode(
        "cp1252"
    )


@pytest.mark.parametrize(
    "changes",
    [
        {nom: autre_ecriture(texte) for nom, texte in FICHIERS.items()},
        {nom: b"\xef\xbb\xbf" + texte.encode() for nom, texte in FICHIERS.items()},
        # Un tableur a ôté le zéro de tête des codes.
        {n: t.replace("01", "1") for n, t in FICHIERS.items()},
        # La même commune deux fois, comme avec deux codes postaux.
        {
            nom: texte + texte.splitlines()[1].replace("01500", "01501") + "\n"
            for nom, texte in FICHIERS.items()
        },
    ],
    ids=["colonnes à l'envers", "marque d'ordre", "zéro de tête perdu", "commune en double"],
)
def test_un_defaut_d_ecriture_ne_change_aucun_chiffre(compiler, communes, changes) -> None:
    code, dit = compiler(changes)
    assert code == 0, dit
    table = communes()
    assert sorted(set(table["commune"])) == ["01004", "01053", "01365"]
    for commune, variable, attendu in (
        ("01004", "places_total", "300"),
        ("01053", "taux_couverture_eaje_pct", "24.5"),
        ("01053", "naissances", "500"),
    ):
        assert chiffre(table, commune, variable) == attendu
    assert "0 rejetées" in dit


@pytest.mark.parametrize(
    ("nom", "contenu", "quoi"),
    [
        ("taux_2022.csv", FICHIERS["taux_2022.csv"][:-12], "s'arrête au milieu d'une ligne"),
        ("taux_2022.csv", "", "Le fichier est vide"),
        ("population.json", POPULATION[:30], "JSON est coupé"),
        ("communes.geojson", '{"type": "FeatureCollection", "features": [{', "géographique"),
        ("communes.geojson", LAMBERT, "ne sont pas des degrés"),
        ("communes.geojson", LAMBERT.replace("[[[870", "[[], [[870"), "géographique"),
        (
            "places_2022.csv",
            FICHIERS["places_2022.csv"].replace("num_commune", "code_lieu"),
            "il lui manque : « num_commune »",
        ),
    ],
    ids=[
        *("tronqué", "vide", "JSON coupé", "GeoJSON coupé", "Lambert 93", "anneau vide"),
        "colonne clé renommée",
    ],
)
def test_un_fichier_inutilisable_est_refuse_et_les_autres_comptent(
    compiler, communes, nom: str, contenu: str, quoi: str
) -> None:
    code, dit = compiler({nom: contenu})
    assert code == 3
    assert nom in dit
    assert quoi in dit
    assert chiffre(communes(), "01053", "naissances") == "500"


def test_une_colonne_de_chiffres_renommee_se_dit(compiler, communes) -> None:
    renomme = FICHIERS["places_2022.csv"].replace("places_offertes_ensemble", "offre_totale")
    code, dit = compiler({"places_2022.csv": renomme})
    assert code == 0
    dite = next(x for x in dit.splitlines() if "places_total" in x)
    assert dite.startswith("À vérifier : pas de colonne pour places_")
    assert "places_eaje," not in dite
    assert dite.endswith("dans places_2022.csv.")
    assert chiffre(communes(), "01004", "places_total") is None
    assert chiffre(communes(), "01004", "places_eaje") == "100"


def test_un_fichier_sans_ligne_et_une_ligne_hors_forme_se_disent(compiler) -> None:
    total = FICHIERS["places_2022.csv"] + "2022,Ensemble,ENSEMBLE,500,1200\n"
    entete = FICHIERS["taux_2022.csv"].splitlines()[0] + "\n"
    code, dit = compiler({"places_2022.csv": total, "taux_2022.csv": entete})
    assert code == 0
    assert "À vérifier : taux_2022.csv, aucune ligne de données." in dit
    # Une ligne et ses deux chiffres.
    assert "À vérifier : places_2022.csv, 2 ligne(s) rejetée(s) sur 6." in dit


def test_deux_millesimes_contradictoires_le_plus_recent_l_emporte_et_c_est_dit(
    compiler, communes
) -> None:
    code, dit = compiler({"taux_2023.csv": FICHIERS["taux_2022.csv"].replace("60.0", "58.0")})
    assert code == 0
    assert chiffre(communes(), "01004", "taux_couverture_global_pct") == "58"
    assert "1 chiffre(s) d'un fichier plus ancien, révisés depuis" in dit


def test_deux_lignes_contradictoires_d_un_fichier_la_premiere_est_gardee_et_c_est_dit(
    compiler, communes
) -> None:
    double = FICHIERS["taux_2022.csv"] + "2022,01004,AMBERIEU,20.0,58.0\n"
    code, dit = compiler({"taux_2022.csv": double})
    assert code == 0
    assert chiffre(communes(), "01004", "taux_couverture_global_pct") == "60"
    assert "1 chiffre(s) publiés deux fois avec des valeurs différentes" in dit


def test_un_fichier_etranger_est_laisse_de_cote_sauf_s_il_est_donne_par_son_nom(
    compiler, rtpe, tmp_path: Path
) -> None:
    autres = {"LISEZMOI.md": "# Des chiffres\n", "iris.parquet": b"PAR1\0\0\0"}
    code, dit = compiler({**autres, "iris.topojson": '{"type": "Topology", "arcs": []}'})
    assert code == 0
    assert "Laissés de côté (1) : LISEZMOI.md. Aucune source publique connue" in dit
    assert "Laissés de côté (1) : iris.parquet. C'est un fichier Parquet" in dit
    assert "Laissés de côté (1) : iris.topojson. C'est un TopoJSON" in dit
    code, dit = rtpe("referentiel", str(tmp_path / "telechargements" / "LISEZMOI.md"))
    assert code == 3
    assert "Aucune source publique connue" in dit
    assert "--source" not in dit


def test_rien_d_utilisable_dit_pourquoi(rtpe, tmp_path: Path) -> None:
    coupe = tmp_path / "taux_2022.csv"
    coupe.write_text(FICHIERS["taux_2022.csv"][:-12])
    code, dit = rtpe("referentiel", str(coupe))
    assert code == 8
    assert "taux_2022.csv (Le fichier s'arrête au milieu d'une ligne" in dit


def test_une_commune_que_rien_ne_nomme_se_dit_puis_se_nomme(compiler, rtpe, tmp_path: Path) -> None:
    """Une commune fusionnée depuis : ses anciens chiffres ne se perdent pas en silence."""
    code, dit = compiler({"places_2021.csv": FICHIERS["places_2022.csv"].replace("01053", "01099")})
    assert code == 0
    assert "1 commune(s) ont des chiffres mais aucun fichier ne les nomme (01099)" in dit
    cog = tmp_path / "cog_2021.csv"
    # La commune déléguée a le code de son chef-lieu : elle ne le renomme pas.
    cog.write_text(
        "TYPECOM,COM,REG,DEP,LIBELLE\nCOM,01099,84,01,Ancienne\nCOMD,01099,84,01,Déléguée\n"
    )
    code, dit = rtpe("referentiel", str(cog))
    assert (code, "aucun fichier ne les nomme" in dit) == (0, False)
    table = pl.read_csv(
        tmp_path / "donnees" / "referentiel" / "communes.csv", infer_schema=False
    ).filter(code="01099")
    assert table.select("nom", "departement", "latitude").rows() == [("Ancienne", "01", None)]


def test_les_iris_d_un_arrondissement_municipal_sont_ceux_de_sa_commune(
    compiler, communes, tmp_path: Path
) -> None:
    allocataires = "CODGEO;A;PERCOU;ENF_2;NOTE\n751010101;90;200;40;\n751200101;80;150;30;\n"
    paris = (
        FICHIERS["communes_pop2021_naissances2022.csv"]
        + "75056,75,Paris,75001,48.86,2.34,2133111,22000\n"
    )
    code, dit = compiler(
        {"allocataires_iris_2020.csv": allocataires, "communes_pop2021_naissances2022.csv": paris}
    )
    assert (code, "aucun fichier ne les nomme" in dit) == (0, False)
    assert chiffre(communes(), "75056", "allocataires_enfants_moins_3", 2020) == "70"


def test_la_population_publiee_en_json_est_lue(compiler, communes) -> None:
    code, dit = compiler({"population_2022.json": POPULATION})
    assert code == 0, dit
    assert chiffre(communes(), "01004", "population") == "14100"
    assert chiffre(communes(), "01004", "population", 2020) == "13900"
    assert chiffre(communes(), "01053", "population") is None
