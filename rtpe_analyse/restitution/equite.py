"""L'équité entre territoires : les écarts de public, côte à côte, avec leur intervalle."""

from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import Mesure
from rtpe_analyse.restitution.objets import Restitution
from rtpe_analyse.restitution.publics import PUBLICS, ecart_et_intervalle, sens_de_l_ecart
from rtpe_analyse.restitution.synthese import vide
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau

TITRE = "Les écarts de public, territoire par territoire"
SANS_ECART = "Aucun écart de public n'est connu ou diffusable pour les territoires."
_CODES = ("B4", "B4b", "B4h")
_LECTURES = {-1: "▽", 1: "▲", 0: "", None: ""}
_NOTE = (
    "Écart en points entre la part chez les accueillis et la part dans la population du "
    "territoire ; entre crochets, son intervalle. ▲ : plus présent parmi les accueillis, ▽ : "
    "moins présent ; sans marque, le hasard suffit à expliquer l'écart."
)


def publics_des_territoires(contexte: Contexte) -> Restitution:
    """Tableau : un territoire par ligne, un public par colonne, l'écart (B4) et son intervalle.

    Sous le tableau, une phrase par public : combien de territoires s'écartent sûrement.
    """
    lignes_lues = {
        nom: _lire(contexte, "territoire", zone) for zone, nom in contexte.territoires.items()
    }
    if not any(m["B4"].lisible for lues in lignes_lues.values() for m in lues.values()):
        return vide(contexte, TITRE, SANS_ECART)
    departement = _lire(contexte, "departement", contexte.departement)
    lignes = [Ligne(nom, _cases(lues)) for nom, lues in lignes_lues.items()]
    lignes.append(Ligne("Département", _cases(departement), "repere"))
    colonnes = [
        Colonne(libelle, "points", code="B4" if rang == 0 else "")
        for rang, (libelle, _) in enumerate(PUBLICS.values())
    ]
    dites = [_phrase(p, [lues[p] for lues in lignes_lues.values()]) for p in PUBLICS]
    notes = [*(d for d in dites if d), _NOTE]
    return Tableau(TITRE, "Territoire", colonnes, lignes, notes).rendre()


def _lire(contexte: Contexte, maille: str, zone: str) -> dict[str, dict[str, Mesure]]:
    grille = contexte.grille(_CODES, maille, [zone], [contexte.periode], ventilation="public")
    return {p: {c: grille.lire(c, zone, contexte.periode, p) for c in _CODES} for p in PUBLICS}


def _cases(lues: dict[str, dict[str, Mesure]]) -> list[Cellule]:
    cases = []
    for mesures in lues.values():
        nue = ecart_et_intervalle(mesures)
        signe = _LECTURES[sens_de_l_ecart(mesures)]
        cases.append(Cellule(f"{signe} {nue.texte}".strip(), nue.signe, nue.marque))
    return cases


def _phrase(public: str, mesures: list[dict[str, Mesure]]) -> str:
    sens = [sens_de_l_ecart(m) for m in mesures]
    lus = [s for s in sens if s is not None]
    if not lus:
        return ""
    dites = [
        f"part plus {quoi} parmi les accueillis dans {formats.compte(nombre, 'territoire')}"
        for quoi, nombre in (("forte", lus.count(1)), ("faible", lus.count(-1)))
        if nombre
    ]
    if not dites:
        dites.append("aucun écart que le hasard ne suffise à expliquer")
    return f"{PUBLICS[public][0]} : {' ; '.join(dites)} (sur {len(lus)})."
