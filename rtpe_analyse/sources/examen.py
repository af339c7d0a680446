"""Examiner un fichier présenté : le reconnaître et le lire en entier, sans rien écrire."""

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from rtpe_analyse.erreurs import ErreurFichier
from rtpe_analyse.sources.contenu import Contenu, Ouverture
from rtpe_analyse.sources.descripteur_modele import Descripteur
from rtpe_analyse.sources.fichiers import lire_octets, nom_sur, raison
from rtpe_analyse.sources.identification import identifier
from rtpe_analyse.sources.lecture import valeurs_fixes
from rtpe_analyse.sources.porte import espace_du_fichier
from rtpe_analyse.tableaux import empreinte_octets

MILLESIME = re.compile(r"^\w[\w.-]*$")


@dataclass(frozen=True)
class Examen:
    """Ce qu'on sait d'un fichier avant de le recevoir.

    Attributes:
        nom: nom sûr.
        empreinte: SHA-256 ; vide si le fichier ne s'ouvre pas.
        connu: son contenu est déjà reçu : il n'a pas été relu.
        source: code de la source reconnue ; vide si refusé.
        millesime: millésime retenu.
        remarques: ce qu'il faut dire à qui le présente.
        ignorees: intitulés des colonnes que le descripteur ne connaît pas.
        absents: chiffres qu'une source publique donne d'ordinaire, sans colonne ici.
        refus: pourquoi il ne peut pas être reçu.
    """

    nom: str
    empreinte: str = ""
    connu: bool = False
    source: str = ""
    millesime: str = ""
    remarques: tuple[str, ...] = ()
    ignorees: tuple[str, ...] = ()
    absents: tuple[str, ...] = ()
    refus: ErreurFichier | None = None


@dataclass(frozen=True)
class Examinateur:
    """Règles communes aux fichiers d'une même réception.

    Attributes:
        connus: descripteurs possibles.
        impose: descripteur imposé, s'il y en a un.
        millesime: millésime imposé, s'il y en a un.
        recu_le: date de réception.
        deja: empreintes des contenus déjà reçus.
    """

    connus: tuple[Descripteur, ...]
    impose: Descripteur | None
    millesime: str | None
    recu_le: date
    deja: frozenset[str]

    def examiner(self, chemin: Path) -> Examen:
        """Reconnaît et lit un fichier ; un refus est rendu, jamais levé."""
        nom = nom_sur(chemin.name)
        empreinte = ""
        try:
            octets = lire_octets(chemin)
            empreinte = empreinte_octets(octets)
            if empreinte in self.deja:
                return Examen(nom, empreinte, connu=True)
            return self._lire(nom, empreinte, Contenu(octets))
        except ErreurFichier as refus:
            return Examen(nom, empreinte, refus=refus)
        except OSError as erreur:
            return Examen(nom, empreinte, refus=illisible(erreur))

    def _lire(self, nom: str, empreinte: str, contenu: Contenu) -> Examen:
        descripteur = self.impose or identifier(contenu, nom, self.connus)
        millesime, remarques = self._millesime_de(nom, descripteur)
        if descripteur.produits:
            espace_du_fichier(descripteur, nom)
        ouverture = contenu.ouvrir(descripteur)
        for table in descripteur.tables.values():
            for grille in ouverture.grilles:
                valeurs_fixes(table, grille, nom, millesime)
        ignorees = tuple(i for g in ouverture.grilles for i in g.entete.ignorees)
        return Examen(
            nom,
            empreinte,
            source=descripteur.code,
            millesime=millesime,
            remarques=remarques,
            ignorees=ignorees,
            absents=chiffres_absents(descripteur, ouverture) if descripteur.publique else (),
        )

    def _millesime_de(self, nom: str, descripteur: Descripteur) -> tuple[str, tuple[str, ...]]:
        if self.millesime:
            return self.millesime, ()
        trouve = re.search(descripteur.millesime, nom) if descripteur.millesime else None
        if trouve and MILLESIME.match(trouve[1] or ""):
            return trouve[1], ()
        mois = f"{self.recu_le:%Y-%m}"
        remarque = f"Millésime absent du nom : mois de réception retenu ({mois})."
        return mois, (remarque,) if descripteur.millesime else ()


def chiffres_absents(descripteur: Descripteur, ouverture: Ouverture) -> tuple[str, ...]:
    """Variables du descripteur dont le fichier n'a pas la colonne : une année, ou un intitulé."""
    voulues = {
        (nom, variable)
        for nom, table in descripteur.tables.items()
        if table.deplier and table.deplier.variables
        for variable in table.deplier.variables
    }
    lues = {
        (nom, groupe.valeur)
        for grille in ouverture.grilles
        for nom, groupes in grille.entete.groupes.items()
        for groupe in groupes
    }
    return tuple(sorted(variable for _, variable in voulues - lues))


def illisible(erreur: OSError) -> ErreurFichier:
    """Refus d'un fichier que le système ne laisse pas lire ou copier."""
    return ErreurFichier(
        f"Le fichier ne peut pas être lu ou copié ({raison(erreur)}).",
        "Vérifier son nom, ses droits et la place disponible.",
    )
