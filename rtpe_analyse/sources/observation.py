"""Observer un fichier inconnu : en-tête, séparateur, nature de chaque colonne. Aucune valeur."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import median
from typing import Literal

from rtpe_analyse.erreurs import ErreurFichier
from rtpe_analyse.sources.contenu import Contenu
from rtpe_analyse.sources.lecteur_csv import SEPARATEURS, DebutCsv
from rtpe_analyse.sources.textes import plier

Genre = Literal["date", "mois", "heure", "heure_h", "decimal", "entier", "oui_non", "texte", "vide"]

_LIGNES_VUES = 2000
_ENTETE_MAX = 40
_DATES = {
    r"\d{1,2}/\d{1,2}/\d{4}": "%d/%m/%Y",
    r"\d{1,2}/\d{1,2}/\d{2}": "%d/%m/%y",
    r"\d{1,2}\.\d{1,2}\.\d{4}": "%d.%m.%Y",
    r"\d{1,2}\.\d{1,2}\.\d{2}": "%d.%m.%y",
    r"\d{1,2}-\d{1,2}-\d{4}": "%d-%m-%Y",
    r"\d{4}-\d{2}-\d{2}": "%Y-%m-%d",
}
_GENRES: tuple[tuple[Genre, str], ...] = (
    ("mois", r"\d{1,2}/\d{4}|\d{4}-\d{2}"),
    ("heure", r"\d{1,4}:\d{2}(:\d{2})?"),
    ("heure_h", r"\d{1,2}\s?[hH]\s?\d{0,2}"),
    ("oui_non", r"(?i)oui|non|o|n|vrai|faux|true|false|yes|no"),
    ("entier", r"[+-]?\d+"),
    ("decimal", r"[+-]?[\d\s]*\d([,.]\d+)?"),
)
_JOUR = re.compile(r"\d{2}/\d{2}/\d{4}")
_VALEUR = re.compile(r"[\d\s.,:/€%+-]+|\S+@\S+|\d+\s?h\s?\d*")


@dataclass(frozen=True)
class Colonne:
    """Une colonne vue : son intitulé et ce à quoi ses valeurs ressemblent."""

    intitule: str
    genre: Genre
    format_date: str = ""


@dataclass(frozen=True)
class Observation:
    """Ce qu'on voit d'un fichier, sans aucune de ses valeurs.

    Attributes:
        format: `csv` ou `classeur`.
        encodage: encodage reconnu (texte seulement).
        separateur: séparateur reconnu (texte seulement).
        feuilles: feuilles non vides (classeur seulement).
        ligne_entete: ligne physique de l'en-tête.
        entete_lignes: 1, ou 2 si une deuxième ligne porte des sous-intitulés.
        colonnes: colonnes hors blocs par jour.
        sous_intitules: sous-intitulés répétés sous chaque jour ; vide sans bloc par jour.
        jours: des colonnes sont intitulées par une date.
    """

    format: Literal["csv", "classeur"]
    encodage: str
    separateur: str
    feuilles: int
    ligne_entete: int
    entete_lignes: int
    colonnes: tuple[Colonne, ...]
    sous_intitules: tuple[str, ...]
    jours: bool


def observer(octets: bytes) -> Observation:
    """Observe un fichier.

    Raises:
        ErreurFichier: faux fichier, ou aucun en-tête plausible dans les premières lignes.
    """
    contenu = Contenu(octets)
    if contenu.nature == "csv":
        texte, debut = contenu.texte()
        # Le vrai séparateur est celui qui découpe le plus ; les autres laissent des morceaux.
        separateur = max(SEPARATEURS, key=lambda s: _largeur_mediane(debut, s))
        lignes = debut.intitules(separateur)
        champs = [vus.haut for _, vus in lignes]
        rang = _entete(champs)[1]
        numero = lignes[rang][0] if lignes else 0
        return _decrire("csv", champs, rang, numero, texte.encodage, separateur, 0)
    pleines = []
    for nom in contenu.classeur.feuilles:
        cellules, _ = contenu.classeur.feuille(nom)
        if cellules.height:
            lignes_vues = islice(cellules.iter_rows(), _LIGNES_VUES)
            pleines.append([[(c or "").strip() for c in ligne] for ligne in lignes_vues])
    if not pleines:
        raise ErreurFichier("Le classeur est vide.", "Le demander à nouveau.", code="fichier_vide")
    lignes_feuille = max(pleines, key=lambda lignes: _entete(lignes)[0])
    rang = _entete(lignes_feuille)[1]
    return _decrire("classeur", lignes_feuille, rang, rang + 1, "", "", len(pleines))


def _largeur_mediane(debut: DebutCsv, separateur: str) -> float:
    largeurs = [sum(map(bool, vus.haut)) for _, vus in debut.intitules(separateur)]
    return median(largeurs) if largeurs else 0


def _entete(lignes: Sequence[Sequence[str]]) -> tuple[int, int]:
    """(largeur, rang) de la ligne la plus large qui ne porte que des intitulés."""
    meilleur = (0, 0)
    for rang, ligne in enumerate(lignes[:_ENTETE_MAX]):
        noms = [champ for champ in ligne if champ]
        if len(set(noms)) < 2 or any(_est_une_valeur(nom) for nom in noms):
            continue
        if len(noms) > meilleur[0]:
            meilleur = (len(noms), rang)
    return meilleur


def _est_une_valeur(texte: str) -> bool:
    return len(texte) > 80 or _VALEUR.fullmatch(texte) is not None


def _decrire(
    forme: Literal["csv", "classeur"],
    lignes: Sequence[Sequence[str]],
    rang: int,
    numero: int,
    encodage: str,
    separateur: str,
    feuilles: int,
) -> Observation:
    if _entete(lignes)[0] == 0:
        raise ErreurFichier(
            "Aucune ligne ne ressemble à un en-tête dans le début du fichier.",
            "Ajouter une ligne d'intitulés, ou écrire le descripteur à la main.",
            code="colonne_cle_absente",
        )
    haut = list(lignes[rang])
    dessous = list(lignes[rang + 1]) if rang + 1 < len(lignes) else []
    jours = [r for r, nom in enumerate(haut) if _JOUR.search(nom)]
    sur_deux = bool(jours) and forme == "classeur" and _sont_des_intitules(haut, dessous, jours)
    corps = lignes[rang + (2 if sur_deux else 1) :]
    fixes = [r for r, nom in enumerate(haut) if nom and r not in jours]
    if jours:
        # Ce qui suit le premier jour est un bloc par jour, dont seul le premier titre est écrit.
        fixes = [r for r in fixes if r < jours[0]]
    colonnes = tuple(_colonne(haut[r], _valeurs(corps, r)) for r in fixes)
    sous = tuple(dict.fromkeys(dessous[r] for r in jours)) if sur_deux else ()
    return Observation(
        forme,
        encodage,
        separateur,
        feuilles,
        numero,
        2 if sur_deux else 1,
        colonnes,
        sous,
        bool(jours),
    )


def _sont_des_intitules(haut: Sequence[str], dessous: Sequence[str], jours: Sequence[int]) -> bool:
    """La ligne du dessous ne porte rien sous les colonnes fixes, et se répète sous les jours."""
    if any(dessous[r] not in ("", haut[r]) for r in range(jours[0])):
        return False
    sous = [dessous[r] for r in jours if dessous[r]]
    return len(sous) > len(set(sous)) > 1 and not any(_est_une_valeur(s) for s in sous)


def _valeurs(corps: Iterable[Sequence[str]], rang: int) -> list[str]:
    return [ligne[rang] for ligne in corps if rang < len(ligne) and ligne[rang]]


def _colonne(intitule: str, valeurs: Sequence[str]) -> Colonne:
    if not valeurs:
        return Colonne(intitule, "vide")
    for motif, forme in _DATES.items():
        if _presque_toutes(motif, valeurs):
            return Colonne(intitule, "date", forme)
    for genre, motif in _GENRES:
        if _presque_toutes(motif, valeurs):
            return Colonne(intitule, genre)
    return Colonne(intitule, "texte")


def _presque_toutes(motif: str, valeurs: Sequence[str]) -> bool:
    """Neuf valeurs sur dix : un fichier réel a toujours quelques lignes de travers."""
    compile_ = re.compile(motif)
    return 10 * sum(compile_.fullmatch(v) is not None for v in valeurs) >= 9 * len(valeurs)


# Mots d'un intitulé qui font mettre la colonne sous la porte, du plus précis au plus vague.
_IDENTIFIANTS: tuple[tuple[str, str], ...] = (
    ("naissance", r"naissance|naiss$|datenais|birth|geboren|geburt"),
    ("matricule_caf", r"allocataire|matricule|numcaf|caf$"),
    ("libres", r"adresse|address|telephone|phone|^tel|mobile|portable|mail|courriel"),
    ("libres", r"commentaire|observation|remark|comment|^notes?$|^info"),
    ("libres", r"medecin|parent|pere|mere|responsable|assistante?mat"),
    ("identifiant_famille", r"(code|id|n|num|numero|ref)(de)?(la)?famille|familyid"),
    ("identifiant_contrat", r"(code|id|n|num|numero|ref)(de)?contrat|contractid"),
    ("identifiant_demande", r"(code|id|n|num|numero|ref)(de)?(la)?demande"),
    ("identifiant_enfant", r"(code|id|n|num|numero|ref)(de)?(l)?(enfant|usager|beneficiaire)"),
    ("identifiant_enfant", r"childid|childno|childcode|(enfant|usager)(id|code|num)"),
    ("prenom", r"prenom|firstname|givenname|vorname"),
    ("nom", r"^nom(del)?enfant|^nom$|^noms?(defamille|dusage|usuel)|nomenfant|lastname|surname"),
    ("nom", r"familyname|childname|nachname|^name$|^enfant$|^child$|nomprenom|nometprenom"),
    # Tout autre « nom de… » est présumé celui d'une personne, sauf s'il nomme un lieu.
    ("nom", r"^nom(?!bre|.*(etab|struct|creche|commune|ville|site|territ|section|groupe|gest))"),
)


def role_identifiant(intitule: str) -> str:
    """Rôle probable dans la porte d'après l'intitulé ; vide si rien n'y fait penser."""
    forme = plier(intitule)
    return next((role for role, motif in _IDENTIFIANTS if re.search(motif, forme)), "")
