"""Une personne écrite dans un registre tenu à la main, ou un fichier géographique, n'en sort pas.

Zonages, passages, trajets, objectifs et actions n'ont pas de colonne nominative : un nom, un
numéro ou un courriel n'y vient que par erreur, dans un libellé, un code ou une note.
"""

import json
import re
import shutil

import pytest

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.propres import lire_propre
from tests.bout_en_bout.test_noms_semes import NOMINATIF, _morceaux, _plat
from tests.conftest import RACINE, RECU_LE, Chaine

pytestmark = pytest.mark.lent
NOM, PRENOM, COURRIEL = "Zzquidam", "Zzprenom", "zzquidam@exemple.invalid"
TELEPHONES = ("0699887766", "06 99 88 77 66")
PERSONNE = f"{PRENOM} {NOM}"
_SEMES = {
    "zonages.csv": [
        "Code zonage;Nom du zonage;Commune;IRIS;Valide du;Valide au;Contact",
        f"Z1;Bords de Marne;94052;;01/01/2024;;{PERSONNE} {TELEPHONES[1]}",
        f"Z2;Chez {COURRIEL};94058;;01/01/2024;;",
        f"Z3;Quartier, appeler {TELEPHONES[1]};94058;;01/01/2024;;",
        f"Z4;Quartier {TELEPHONES[0]};94058;;01/01/2024;;",
        f"{PERSONNE};Bords de Seine;94022;;01/01/2024;;",
        f"Z5;Bords de Seine;{PERSONNE};;01/01/2024;;",
        f"Z6;Bords de Seine;94022;{PERSONNE};01/01/2024;;",
    ],
    "passages.csv": [
        "Ancien code;Nouveau code;Date d'effet;Part;Remarque",
        f"94999;94052;01/01/2024;1;{PERSONNE}",
        f"{NOM};94052;01/01/2024;1;",
        f"94998;{COURRIEL};01/01/2024;1;",
        f"94997;94052;01/01/2024;{TELEPHONES[0]};",
    ],
    "trajets.csv": [
        "Zone de départ;Lieu d'arrivée;Minutes;Conducteur",
        f"94052;E001;12;{PERSONNE} {TELEPHONES[0]}",
        f"{NOM};E001;12;",
        f"94052;{COURRIEL};12;",
        f"94058;{TELEPHONES[0]};12;",
        f"94058;E002;{NOM};",
    ],
    "objectifs.csv": [
        "Code établissement;Territoire;Indicateur;Année;Trimestre;Cible;Note",
        f";T1;Taux d'occupation réel;2026;3;68;vu avec {PERSONNE}",
        f";{PERSONNE};Taux d'occupation réel;2026;2;68;",
        f";T1;{PERSONNE};2026;1;68;",
        f";T1;Taux de facturation;2026;3;{NOM};",
        f"{NOM};;Taux de facturation;2026;3;100;",
    ],
    "actions.csv": [
        "Code établissement;Action;Début;Fin;Indicateur visé;Observations",
        f"E001;Agrément modulé;13/10/2025;01/03/2026;Taux d'occupation réel;{PERSONNE} {COURRIEL}",
        f"E001;Appeler {PERSONNE};13/10/2025;;Taux d'occupation réel;",
        f"{NOM};Agrément modulé;13/10/2025;;Taux d'occupation réel;",
        f"E001;Agrément modulé;{NOM};;Taux d'occupation réel;",
        f"E001;Agrément modulé;01/01/2026;;{COURRIEL};",
    ],
}


def _contours() -> str:
    carre = [[2.48, 48.83], [2.49, 48.83], [2.49, 48.84], [2.48, 48.84], [2.48, 48.83]]
    contact = {"contact": PERSONNE, "courriel": COURRIEL, "tel": TELEPHONES[0]}
    proprietes = {"code": "94052", "nom": "Nogent-sur-Marne", **contact}
    forme = {"type": "Polygon", "coordinates": [carre]}
    objet = {"type": "Feature", "properties": proprietes, "geometry": forme}
    return json.dumps({"type": "FeatureCollection", "features": [objet]})


@pytest.fixture(scope="module")
def seme(chaine: Chaine, tmp_path_factory: pytest.TempPathFactory) -> Chaine:
    """Le petit jeu, des personnes semées dans chaque registre écrit à la main."""
    racine = tmp_path_factory.mktemp("seme")
    lieux = Lieux(racine / "donnees", racine / "rapports", "exemple")
    shutil.copytree(RACINE / "donnees/referentiel", lieux.referentiel)
    shutil.copytree(chaine.lieux.depot, lieux.depot)
    for nom, lignes in _SEMES.items():
        (lieux.depot / nom).write_text("\n".join(lignes) + "\n", encoding="utf-8")
    contours = lieux.depot / "contours_communes_2025.geojson"
    contours.write_text(_contours(), encoding="utf-8")
    resultat = Chaine(lieux, racine / "reseau.txt", {})
    (racine / "contours").mkdir()
    ailleurs = contours.rename(racine / "contours" / contours.name)
    recu = ("--recu-le", RECU_LE)
    for nom, commande in {
        "recevoir": ("recevoir", str(lieux.depot), "--jeu", "exemple", *recu),
        "referentiel": ("referentiel", str(ailleurs), *recu),
        "nettoyer": ("nettoyer", "--jeu", "exemple"),
        "calculer": ("calculer", "--jeu", "exemple"),
    }.items():
        resultat.dits[nom] = resultat.rtpe(*commande)
    return resultat


def _semes_dans(texte: str) -> set[str]:
    plat, chiffres = _plat(texte), re.sub(r"[ .-]", "", texte)
    noms = {n for n in (NOM, PRENOM, COURRIEL) if n.casefold() in plat}
    return noms | {t for t in TELEPHONES[:1] if t in chiffres}


def test_les_personnes_semees_sont_bien_recues(seme: Chaine) -> None:
    """Témoin positif : chaque registre est reçu, et le brut les contient."""
    for racine, attendus in ((seme.lieux.brut, len(_SEMES)), (seme.lieux.donnees / "publics", 1)):
        bruts = [p for p in racine.rglob("*") if p.is_file() and "brut" in p.parts]
        atteints = {p for p in bruts if any(map(_semes_dans, _morceaux(p)))}
        assert len(atteints) == attendus
    for table in ("zonages", "passages", "trajets", "objectifs", "actions"):
        # La première ligne, saine, passe : sa note libre ou son contact restent à la porte.
        assert lire_propre(seme.lieux, table).collect().height > 0


def test_aucune_personne_semee_ne_sort_des_registres(seme: Chaine) -> None:
    """Ni propre, ni rejets, ni indicateurs, ni référentiel, ni rien de ce qui est dit.

    `travail` garde le texte lu d'avant le typage : il suit le sort du brut.
    """
    exclus = {*NOMINATIF, "travail"}
    sortis = {
        str(p.relative_to(seme.lieux.donnees)): sorted(vus)
        for p in sorted(seme.lieux.donnees.rglob("*"))
        if p.is_file() and not exclus & set(p.parts)
        for vus in [{s for m in (p.name, *_morceaux(p)) for s in _semes_dans(m)}]
        if vus
    }
    assert sortis == {}
    assert not _semes_dans(" ".join(d.stdout + d.stderr for d in seme.dits.values()))
