"""Préparer la commission : les places qui se libèrent face aux demandes qui les visent.

Ni nom ni numéro : des nombres d'enfants et de journées, passés par le secret statistique.
"""

from datetime import date

import polars as pl

from rtpe_analyse.reglementation import valeur
from rtpe_analyse.restitution import formats
from rtpe_analyse.restitution.confrontation import JOURS_OUVRES, Face, faces, places_par_jour
from rtpe_analyse.restitution.contexte import Contexte
from rtpe_analyse.restitution.mesures import ABSENT, Mesure
from rtpe_analyse.restitution.objets import Restitution, encadre, paragraphes
from rtpe_analyse.restitution.planches import sans_figure
from rtpe_analyse.restitution.tableaux import Cellule, Colonne, Ligne, Tableau, cellule

TITRE = "Les places à attribuer face aux demandes"
AUCUNE = (
    "Ni place à attribuer ni demande n'est connue pour cette zone et cette période : la "
    "confrontation se lit en fin de trimestre, avec les plannings des contrats."
)
_MINIMUM_COMPARABLE = 2


def rentree(contexte: Contexte) -> date:
    """Premier jour de l'année d'accueil qui suit la période."""
    fin = contexte.periode.fin
    mois = int(valeur("conventions", "rentree_mois", contexte.jour_de_reference))
    return date(fin.year + (fin.month >= mois), mois, 1)


def confrontation(contexte: Contexte) -> Restitution:
    """Tableau : places à attribuer par âge et par jour, promesses, demandes, tension."""
    lues = faces(contexte, contexte.maille, {contexte.zone: contexte.titre})
    if not lues:
        return sans_figure(TITRE, AUCUNE)
    lignes = [_ligne(f, formats.majuscule(f.age or "ensemble")) for f in _ensemble_a_la_fin(lues)]
    titre = f"{TITRE}, rentrée du {formats.jour(rentree(contexte))}"
    return Tableau(titre, "Âge à la rentrée", _colonnes(), lignes, _notes()).rendre()


def par_etablissement(contexte: Contexte) -> Restitution:
    """Tableau : la même confrontation, établissement par établissement et âge par âge."""
    lues = faces(contexte, "etablissement", contexte.etablissements)
    titre = f"{TITRE}, établissement par établissement"
    if not lues:
        return sans_figure(titre, AUCUNE)
    lignes = [_ligne(f, f.age or f.zone, "" if f.age else "total") for f in lues]
    return Tableau(titre, "Établissement et âge", _colonnes(), lignes, _notes()).rendre()


def par_commune(contexte: Contexte) -> Restitution:
    """Tableau : les demandes des habitants de chaque commune, les places de ses établissements."""
    titre = "Les demandes par commune de résidence"
    fiches = contexte.zones("etablissement").filter(
        pl.col("zone").is_in(list(contexte.etablissements))
    )
    noms = {
        c: contexte.libelle("commune", c) for c in sorted(fiches["commune"].drop_nulls().unique())
    }
    lues = [f for f in faces(contexte, "commune", noms) if not f.age]
    if not lues:
        return sans_figure(titre, AUCUNE)
    lignes = [Ligne(f.zone, [_places(f), cellule(f.promises), cellule(f.demandes)]) for f in lues]
    colonnes = [
        Colonne("Places à attribuer", "places de cinq jours", code="D7"),
        Colonne("Déjà promises", "places", code="D9"),
        Colonne("Demandes à servir", "demandes", code="D8"),
    ]
    notes = [
        "Les places sont celles des établissements de la commune, les demandes et les promesses "
        "celles de ses habitants : les unes et les autres passent les limites communales, la "
        "tension ne s'y calcule pas."
    ]
    return Tableau(titre, "Commune", colonnes, lignes, notes).rendre()


def lecture(contexte: Contexte) -> Restitution:
    """Phrases : ce qui se libère, ce qui est promis, où la tension est la plus forte."""
    lues = faces(contexte, contexte.maille, {contexte.zone: contexte.titre})
    dites = [p for p in (_ensemble(contexte, lues), _tendue(lues), _jour_creux(lues)) if p]
    mois = (rentree(contexte).year - contexte.periode.fin.year) * 12 + (
        rentree(contexte).month - contexte.periode.fin.month
    )
    if dites:
        dites.append(
            f"La rentrée est dans {mois} mois : des demandes arriveront encore, surtout pour les "
            "plus jeunes, et des familles quitteront l'établissement plus tôt que prévu."
        )
    if any(_masquee(f) for f in lues):
        dites.append("Une partie des nombres est masquée (secret statistique).")
    return paragraphes(dites) if dites else encadre(AUCUNE, [])


def _ensemble_a_la_fin(lues: list[Face]) -> list[Face]:
    return sorted(lues, key=lambda f: not f.age)


def _colonnes() -> list[Colonne]:
    jours = [Colonne(formats.majuscule(j[:3]), "", "Places à attribuer") for j in formats.JOURS]
    return [
        *jours[:JOURS_OUVRES],
        Colonne("De cinq jours", "", "Places à attribuer"),
        Colonne("Déjà promises", "places", code="D9"),
        Colonne("Demandes à servir", "demandes", code="D8"),
        Colonne("Demandes par place restante"),
    ]


def _notes() -> list[str]:
    return [
        "Places à attribuer (D7) : enfants que la tranche d'âge perd ce jour de la semaine, moins "
        "ceux qui y montent ; un nombre négatif dit qu'il en manque. Places de cinq jours : la "
        "moyenne des cinq. Une demande dit combien de jours, pas lesquels.",
        "Demandes par place restante : une fois servies les places promises, comptées cinq jours ; "
        f"« {formats.SIGNE_NON_CALCULABLE} » s'il ne reste pas une place entière.",
    ]


def _ligne(face: Face, entete: str, genre: str = "") -> Ligne:
    jours = [cellule(m) for m in face.jours] or [Cellule("") for _ in range(JOURS_OUVRES)]
    tension = face.tension
    rapport = Cellule(formats.nombre(tension, 1)) if tension is not None else _signe(face)
    cases = [*jours, _places(face), cellule(face.promises), cellule(face.demandes), rapport]
    return Ligne(entete, cases, genre or ("" if face.age else "total"))


def _places(face: Face) -> Cellule:
    if face.places is None:
        return Cellule(signe=_signe_des([face.journees] if face.journees else face.jours))
    sources = [face.journees] if face.journees else face.jours
    marque = formats.MARQUE_PARTIELLE if any(m.partielle for m in sources) else ""
    return Cellule(formats.nombre(face.places, 1), marque=marque)


def _signe(face: Face) -> Cellule:
    mesures = [*([face.journees] if face.journees else face.jours), face.promises, face.demandes]
    return Cellule(signe=_signe_des(mesures))


def _signe_des(mesures: list[Mesure]) -> str:
    """Le signe de ce qui manque ; masqué l'emporte, et rien ne manque : non calculable."""
    if any(m.masquee for m in mesures):
        return formats.SIGNE_MASQUE
    if any(m.statut == ABSENT for m in mesures):
        return formats.SIGNE_ABSENT
    return formats.SIGNE_NON_CALCULABLE


def _masquee(face: Face) -> bool:
    return any(m.masquee for m in (*face.jours, face.demandes, face.promises))


def _ensemble(contexte: Contexte, lues: list[Face]) -> str | None:
    tout = next((f for f in lues if not f.age), None)
    if tout is None or tout.places is None or not tout.demandes.lisible:
        return None
    debut = (
        f"À la rentrée du {formats.jour(rentree(contexte))}, les départs attendus laissent "
        f"l'équivalent de {en_places(tout.places)} de cinq jours"
    )
    promises = f", dont {tout.promises.nombre} déjà promises" if tout.promises.valeur else ""
    suite = f" ; {_compte(tout.demandes)} à servir."
    return debut + promises + suite


def _tendue(lues: list[Face]) -> str | None:
    """L'âge où les demandes dépassent le plus les places, et celui où c'est l'inverse."""
    ecarts = {f.age: f.manque for f in lues if f.age and f.manque is not None}
    if not ecarts:
        return None
    pire, mieux = max(ecarts, key=lambda a: ecarts[a]), min(ecarts, key=lambda a: ecarts[a])
    dites = []
    if ecarts[pire] >= 1:
        face = next(f for f in lues if f.age == pire)
        reste = max(face.restantes or 0.0, 0.0)
        en_face = f"{en_places(reste)} une fois servies les promesses" if reste else "aucune place"
        dites.append(
            f"c'est à {pire} qu'il manque le plus de places : {_compte(face.demandes)} pour "
            f"{en_face}"
        )
    if ecarts[mieux] <= -1:
        dites.append(f"à {mieux}, {en_places(-ecarts[mieux])} resteraient sans demande à cet âge")
    return formats.majuscule(" ; ".join(dites)) + "." if dites else None


def _jour_creux(lues: list[Face]) -> str | None:
    """Le jour qui se libère le plus et celui qui se libère le moins, âges lisibles ensemble."""
    sommes = places_par_jour(lues)
    if len(set(sommes)) < _MINIMUM_COMPARABLE:
        return None
    plus, moins = sommes.index(max(sommes)), sommes.index(min(sommes))
    ages = [f for f in lues if f.age]
    lus = [f.age for f in ages if f.places is not None]
    # Les âges masqués peuvent se libérer d'autres jours : la phrase ne vaut que pour les lus.
    champ = "" if len(lus) == len(ages) else f"parmi les places de {formats.enumeration(lus)}, "
    return formats.majuscule(
        f"{champ}le {formats.JOURS[plus]} est le jour où le plus de places se libèrent "
        f"({formats.nombre(sommes[plus])}), le {formats.JOURS[moins]} celui où il s'en libère le "
        f"moins ({formats.nombre(sommes[moins])})."
    )


def en_places(nombre: float) -> str:
    """« 12 places », « 3,4 places » : la décimale ne s'écrit que si elle compte."""
    arrondi = formats.arrondi(nombre, 1)
    decimales = 0 if arrondi == arrondi.to_integral_value() else 1
    return f"{formats.nombre(nombre, decimales)} {formats.accord(arrondi, 'place')}"


def _compte(mesure: Mesure) -> str:
    return formats.compte(round(mesure.valeur or 0), "demande")
