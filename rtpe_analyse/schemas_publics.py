"""Les tables propres des chiffres publics : format long, une ligne par zone × année × variable.

`valeur` vide ne veut jamais dire zéro : la source nomme la zone mais ne donne pas le chiffre
(secret statistique, non diffusé). Une zone que la source ne nomme pas n'a pas de ligne.
`annee` est celle que le fichier annonce ; à défaut, celle de son millésime.
"""

from rtpe_analyse.schema_modele import Colonne, Table

_MESURE = {
    "annee": Colonne("entier", "année décrite (à défaut, millésime du fichier)", True),
    "variable": Colonne("texte", "nom de la variable (`variables_publiques`)", True),
    "source": Colonne("texte", "code du descripteur qui a lu le chiffre", True),
    "valeur": Colonne("reel", "valeur publiée ; vide : non diffusée, jamais zéro"),
}

_COMMUNE = Colonne(
    "texte", "code Insee de la commune", True, forme="[0-9][0-9AB][0-9]{3}", longueur=5
)
_IRIS = Colonne(
    "texte",
    "code IRIS, 9 caractères dont 5 de la commune",
    True,
    forme="[0-9][0-9AB][0-9]{7}",
    longueur=9,
)
_DEPARTEMENT = Colonne(
    "texte", "code du département", True, forme="[0-9][0-9AB][0-9A-Z]?", longueur=2
)

TABLES_PUBLIQUES: dict[str, Table] = {
    "pub_communes": Table(
        ("commune",),
        {
            "commune": _COMMUNE,
            "nom": Colonne("texte", "nom de la commune, avec son article", True),
            "departement": _DEPARTEMENT,
            "latitude": Colonne("reel", "degrés, WGS84"),
            "longitude": Colonne("reel", "degrés, WGS84"),
        },
        publique=True,
        description="Communes : nom, département, position.",
    ),
    "pub_contours": Table(
        ("commune",),
        {
            "commune": _COMMUNE,
            "nom": Colonne("texte", "nom de la commune"),
            "latitude": Colonne("reel", "centre de gravité, degrés, WGS84"),
            "longitude": Colonne("reel", "centre de gravité, degrés, WGS84"),
        },
        publique=True,
        description="Communes dont un contour est donné pour les cartes.",
    ),
    "pub_iris": Table(
        ("iris",),
        {
            "iris": _IRIS,
            "commune": _COMMUNE,
            "nom": Colonne("texte", "nom de l'IRIS"),
            "latitude": Colonne("reel", "centre de gravité, degrés, WGS84"),
            "longitude": Colonne("reel", "centre de gravité, degrés, WGS84"),
        },
        publique=True,
        description="IRIS : nom, commune, position.",
    ),
    "pub_communes_annee": Table(
        ("commune", "annee", "variable", "source"),
        {"commune": _COMMUNE, **_MESURE},
        partition="annee",
        publique=True,
        description="Chiffres publics : commune × année × variable.",
    ),
    "pub_iris_annee": Table(
        ("iris", "annee", "variable", "source"),
        {
            "iris": _IRIS,
            **_MESURE,
        },
        partition="annee",
        publique=True,
        description="Chiffres publics : IRIS × année × variable.",
    ),
    "pub_qpv_annee": Table(
        ("qpv", "annee", "variable", "source"),
        {
            "qpv": Colonne("texte", "code du quartier prioritaire (QP…)", True),
            "libelle": Colonne("texte", "nom du quartier"),
            "communes": Colonne("texte", "communes du quartier ; plusieurs possibles"),
            **_MESURE,
        },
        partition="annee",
        publique=True,
        description="Chiffres publics : quartier prioritaire × année × variable.",
    ),
    "pub_departements_annee": Table(
        ("departement", "annee", "variable", "source"),
        {"departement": _DEPARTEMENT, **_MESURE},
        partition="annee",
        publique=True,
        description="Chiffres publics : département × année × variable.",
    ),
}
