"""La typologie des communes et des IRIS : les classes en mots, leur carte, ce qu'elles valent."""

from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.cartes import carte_des_classes
from rtpe_analyse.restitution.classes import (
    AUCUNE,
    Classe,
    Typologie,
    de_la_zone,
    lire_typologie,
)
from rtpe_analyse.restitution.composantes import mots
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.objets import Restitution, paragraphes
from rtpe_analyse.restitution.places_de_besoin import communes_de
from rtpe_analyse.restitution.planches import sans_figure
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau, cellule

_NOMS = {"commune": ("commune", "communes"), "iris": ("IRIS", "IRIS")}
_RAND_SOLIDE = 0.75
"""Rand ajusté moyen à partir duquel les classes se refont presque à l'identique (convention)."""


def resume(contexte: Contexte, maille: str = "commune") -> Restitution:
    """Phrases : les classes, où est la zone, pourquoi ce nombre, et si elles tiennent.

    Args:
        contexte: zone et période du rapport.
        maille: `commune` ou `iris`.
    """
    typologie = lire_typologie(contexte, maille)
    if not typologie.classes:
        return paragraphes([AUCUNE])
    nombre, classees = len(typologie.classes), len(typologie.membres)
    dites = [
        f"Les {_compter(classees, maille)} du département dont tous les chiffres sont publiés se "
        f"rangent en {nombre} classes{_non_classees(typologie)}."
    ]
    siennes = de_la_zone(contexte, typologie)
    for classe in typologie.classes:
        zones = [typologie.noms[z] for z in typologie.zones_de(classe) if z in siennes]
        ici = ""
        if contexte.maille != "departement" and zones:
            ici = f" Ici : {_enumerer(zones, maille)}."
        dites.append(
            f"Classe {classe.lettre} ({_compter(int(classe.effectif.valeur or 0), maille)}) : "
            f"{classe.description}.{ici}"
        )
    if contexte.maille == "departement":
        dites.append(_nombre_de_classes(typologie))
    return paragraphes([*dites, _solidite(typologie)])


def carte(contexte: Contexte) -> Restitution:
    """Figure : la classe de chaque commune du département."""
    titre = "Les classes de communes"
    typologie = lire_typologie(contexte, "commune")
    if not typologie.classes:
        return sans_figure(titre, AUCUNE)
    noms = {c.lettre: formats.majuscule(_court(c, typologie)) for c in typologie.classes}
    siennes = de_la_zone(contexte, typologie)
    presentes = [c for c in typologie.classes if any(z in siennes for z in typologie.zones_de(c))]
    grande = max(typologie.classes, key=lambda c: c.effectif.valeur or 0)
    conclusion = (
        f"{formats.compte(len(typologie.classes), 'classe')} de communes ; la plus nombreuse, "
        f"{grande.effectif.nombre} communes : {grande.description}"
    )
    if contexte.maille != "departement" and presentes:
        lettres = formats.enumeration([c.lettre for c in presentes])
        mot = formats.accord(len(presentes), "de la classe", "des classes")
        conclusion = f"{contexte.titre} : des communes {mot} {lettres}"
    return carte_des_classes(
        contexte,
        titre,
        conclusion,
        "Commune",
        {z: noms[c.lettre] for z, c in typologie.membres.items()},
        {noms[c.lettre]: "" for c in typologie.classes},
    )


def tableau(contexte: Contexte, maille: str = "commune") -> Restitution:
    """Tableau : les variables en lignes, la moyenne et l'écart de chaque classe en colonnes.

    Args:
        contexte: zone et période du rapport.
        maille: `commune` ou `iris`.
    """
    singulier, pluriel = _NOMS[maille]
    titre = f"Les classes {formats.de(pluriel)} : moyennes et écarts au département"
    typologie = lire_typologie(contexte, maille)
    if not typologie.classes:
        return sans_figure(titre, AUCUNE)
    colonnes = [Colonne("Ensemble", "%")]
    for classe in typologie.classes:
        groupe = f"Classe {classe.lettre}"
        colonnes += [Colonne("moyenne", "%", groupe), Colonne("écart", "écarts types", groupe)]
    lignes = [
        Ligne(
            mots(variable, maille).libelle,
            [
                cellule(moyenne),
                *(case for classe in typologie.classes for case in _profil(classe, variable)),
            ],
        )
        for variable, moyenne in typologie.ensemble.items()
    ]
    effectifs = [case for c in typologie.classes for case in (cellule(c.effectif), Cellule("", ""))]
    tous = Cellule(formats.nombre(len(typologie.membres)))
    lignes.append(Ligne(f"Nombre {formats.de(pluriel)}", [tous, *effectifs], "total"))
    note = f"Moyennes simples : chaque {singulier} compte autant."
    return Tableau(titre, "Variable", colonnes, lignes, [note]).rendre()


def repartition(contexte: Contexte) -> Restitution:
    """Tableau : dans quelle classe sont les IRIS de chaque commune de la zone."""
    titre = "Les quartiers (IRIS) de chaque commune, par classe"
    typologie = lire_typologie(contexte, "iris")
    if not typologie.classes:
        return sans_figure(titre, AUCUNE)
    parents = dict(contexte.zones("iris").select("zone", "parent").iter_rows())
    lignes = []
    for commune, nom in communes_de(contexte).items():
        siens = [z for z in typologie.noms if parents[z] == commune]
        classes = [typologie.membres[z].lettre for z in siens if z in typologie.membres]
        if siens:
            cases = [str(classes.count(c.lettre)) for c in typologie.classes]
            cases.append(str(len(siens) - len(classes)))
            lignes.append(Ligne(nom, [Cellule(case) for case in cases]))
    if not lignes:
        return sans_figure(titre, "Aucun IRIS n'est connu dans les communes de cette zone.")
    colonnes = [Colonne(f"Classe {c.lettre}", "IRIS") for c in typologie.classes]
    non_classes = Colonne("Non classés", "IRIS")
    return Tableau(titre, "Commune", [*colonnes, non_classes], lignes).rendre()


def _profil(classe: Classe, variable: str) -> tuple[Cellule, Cellule]:
    ecart = classe.ecarts[variable]
    texte = formats.avec_signe(ecart.valeur, 1) if ecart.valeur is not None else ""
    return cellule(classe.moyennes[variable]), Cellule(texte, ecart.signe)


def _court(classe: Classe, typologie: Typologie) -> str:
    jumelles = [c for c in typologie.classes if c.description == classe.description]
    return classe.description if len(jumelles) == 1 else f"{classe.description} ({classe.lettre})"


def _compter(nombre: int, maille: str) -> str:
    return formats.compte(nombre, *_NOMS[maille])


def _enumerer(noms: list[str], maille: str) -> str:
    return formats.enumeration(noms) if maille == "commune" else _compter(len(noms), maille)


def _non_classees(typologie: Typologie) -> str:
    absentes = [n for z, n in typologie.noms.items() if z not in typologie.membres]
    if not absentes:
        return ""
    verbe = formats.accord(len(absentes), "n'est pas classé", "ne sont pas classés")
    if typologie.maille == "commune":
        verbe = formats.accord(len(absentes), "n'est pas classée", "ne sont pas classées")
    liste = f" ({formats.enumeration(absentes)})" if typologie.maille == "commune" else ""
    return f" ; {_compter(len(absentes), typologie.maille)}{liste} {verbe}, faute d'un chiffre"


def _nombre_de_classes(typologie: Typologie) -> str:
    nombre = len(typologie.classes)
    gain = typologie.qualite.get(("gain", str(nombre)))
    suivant = typologie.qualite.get(("gain", str(nombre + 1)))
    silhouette = typologie.qualite.get(("silhouette", str(nombre)))
    dite = f"{nombre} classes"
    if gain and suivant and gain.valeur is not None and suivant.valeur is not None:
        dite += (
            f", car une de plus n'expliquerait que {formats.pourcentage(suivant.valeur, 0)} des "
            f"différences en plus, contre {formats.pourcentage(gain.valeur, 0)} pour la dernière"
        )
    if silhouette and silhouette.lisible:
        dite += f" (silhouette moyenne {silhouette.nombre})"
    return f"{dite}."


def _solidite(typologie: Typologie) -> str:
    rand = typologie.qualite.get(("rand", ""))
    if rand is None or rand.valeur is None:
        return "La stabilité des classes n'est pas connue."
    stables = [c.lettre for c in typologie.classes if c.stable]
    dite = f"Refaites sur cent tirages des zones, les classes se retrouvent à {rand.nombre} sur 1"
    if rand.valeur >= _RAND_SOLIDE:
        return f"{dite} : elles tiennent."
    suite = "aucune n'est stable"
    if stables:
        mot = formats.accord(len(stables), "seule la classe", "seules les classes")
        verbe = formats.accord(len(stables), "est stable", "sont stables")
        suite = f"{mot} {formats.enumeration(stables)} {verbe}"
    return f"{dite} : {suite}. Une zone proche d'une limite pourrait être dans la classe voisine."
