"""Les familles accueillies comparées à celles du territoire, public par public."""

from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import Mesure
from rtpe_analyse.restitution.objets import Restitution, encadre, paragraphes
from rtpe_analyse.restitution.planches import sans_figure
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau, cellule

PUBLICS = {
    "monoparentaux": ("Familles monoparentales", "des familles monoparentales"),
    "bas_revenus": ("Bas revenus", "des familles à bas revenus"),
    "qpv": ("Quartier prioritaire", "des habitants de quartiers prioritaires"),
}
AUCUN = (
    "Le public accueilli ne se compare pas à la population : il y faut la situation des familles "
    "accueillies et les chiffres publics de la zone."
)
MASQUE = "Effectifs trop petits pour être montrés (secret statistique)."
_CODES = ["B4a", "B4", "B4b", "B4h"]
_NOTE = (
    "Écart en points ; entre crochets, où il se situe une fois compté le hasard (intervalle à "
    "95 %) ; s'il contient zéro, l'écart peut être nul. Les définitions sont voisines, non "
    "identiques : des enfants accueillis d'un côté, des ménages ou des habitants de tous âges de "
    "l'autre."
)
_FICTIF = "Jeu d'exemple : les enfants accueillis sont fictifs, la population est réelle."


def tableau(contexte: Contexte) -> Restitution:
    """Tableau : part chez les accueillis, part dans la population, écart et son intervalle."""
    titre = "Le public accueilli et la population"
    lues = lire(contexte)
    if not any(m["B4a"].lisible or m["B4a"].masquee for m in lues.values()):
        return sans_figure(titre, AUCUN)
    colonnes = [
        Colonne("Parmi les accueillis", "%", code="B4a"),
        Colonne("Dans la population", "%", code="B4p"),
        Colonne("Écart", "points", code="B4"),
        Colonne("Lecture", nombre=False),
        Colonne("Millésime", nombre=False),
    ]
    lignes = [
        Ligne(
            PUBLICS[public][0],
            [
                cellule(m["B4a"]),
                cellule(m["B4p"]),
                ecart_et_intervalle(m),
                Cellule(_lecture(m)),
                Cellule(m["B4p"].millesime),
            ],
        )
        for public, m in lues.items()
    ]
    notes = [_NOTE, *([_FICTIF] if contexte.fictif else [])]
    return Tableau(titre, "Public", colonnes, lignes, notes).rendre()


def resume(contexte: Contexte) -> Restitution:
    """Phrases : un public par phrase, avec l'intervalle ; ce qui manque se dit."""
    lues = lire(contexte)
    dites = [p for public, m in lues.items() if (p := _phrase(public, m))]
    if not dites:
        masque = any(m["B4a"].masquee for m in lues.values())
        return encadre(MASQUE if masque else AUCUN, [])
    muets = [PUBLICS[p][0].lower() for p, m in lues.items() if not m["B4"].lisible]
    if muets:
        dites.append(f"Sans comparaison possible : {formats.enumeration(muets)}.")
    return paragraphes(dites)


def lire(contexte: Contexte) -> dict[str, dict[str, Mesure]]:
    """Public → ses mesures : B4a, B4, B4b et B4h de la période, B4p de sa dernière année."""
    ou = (contexte.maille, [contexte.zone])
    siennes = contexte.grille(_CODES, *ou, [contexte.periode], ventilation="public")
    population = contexte.grille(["B4p"], *ou, ventilation="public")
    lues = {}
    for public in PUBLICS:
        lues[public] = {c: siennes.lire(c, contexte.zone, contexte.periode, public) for c in _CODES}
        annees = [
            a
            for a in population.periodes("B4p")
            if population.lire("B4p", contexte.zone, a, public).lisible
        ]
        derniere = annees[-1] if annees else ""
        lues[public]["B4p"] = population.lire("B4p", contexte.zone, derniere, public)
    return lues


def ecart_et_intervalle(mesures: dict[str, Mesure]) -> Cellule:
    """« −3,1 [−5,0 ; −1,2] » : l'écart (B4) et ses bornes (B4b, B4h), ou son signe."""
    ecart, bas, haut = (mesures[c].valeur for c in ("B4", "B4b", "B4h"))
    nue = cellule(mesures["B4"])
    if ecart is None or bas is None or haut is None:
        return nue
    decimales = mesures["B4"].definition.decimales
    signes = [formats.avec_signe(x, decimales) for x in (ecart, bas, haut)]
    return Cellule(f"{signes[0]} [{signes[1]} ; {signes[2]}]", marque=nue.marque)


def sens_de_l_ecart(mesures: dict[str, Mesure]) -> int | None:
    """−1 ou +1 si l'intervalle ne contient pas zéro, 0 s'il le contient."""
    bas, haut = mesures["B4b"].valeur, mesures["B4h"].valeur
    if bas is None or haut is None:
        return None
    return -1 if haut < 0 else 1 if bas > 0 else 0


def _lecture(mesures: dict[str, Mesure]) -> str:
    sens = sens_de_l_ecart(mesures)
    textes = {-1: "moins présent que dans la population", 1: "plus présent", 0: "sans écart sûr"}
    return "" if sens is None else textes[sens]


def _phrase(public: str, mesures: dict[str, Mesure]) -> str:
    sens = sens_de_l_ecart(mesures)
    ecart, bas, haut = (mesures[c].valeur for c in ("B4", "B4b", "B4h"))
    if sens is None or ecart is None or bas is None or haut is None:
        return ""
    decimales = mesures["B4"].definition.decimales
    nom = PUBLICS[public][1]
    chiffres = f"{mesures['B4a']} des accueillis, {mesures['B4p']} dans la population"
    if sens == 0:
        return (
            f"La part {nom} ne se distingue pas de celle de la population ({chiffres}) : "
            f"l'écart est compris entre {formats.avec_signe(bas, decimales)} et "
            f"{formats.avec_signe(haut, decimales)} points."
        )
    ampleur = formats.points(ecart / 100, decimales, signe=False)
    cote = "inférieure" if sens < 0 else "supérieure"
    bornes = sorted(abs(x) for x in (bas, haut))
    return (
        f"La part {nom} est {cote} de {ampleur} à celle de la population ({chiffres} ; "
        f"de {formats.nombre(bornes[0], decimales)} à {formats.nombre(bornes[1], decimales)} "
        "points une fois compté le hasard)."
    )
