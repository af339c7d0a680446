"""Recevoir : garder chaque fichier tel quel, avec sa fiche, et dire non quand il le faut."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Literal

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.erreurs import ErreurDescripteur, ErreurFichier, ErreurUsage
from rtpe_analyse.parallele import appliquer
from rtpe_analyse.sources.contenu import Contenu
from rtpe_analyse.sources.descripteur_modele import Descripteur
from rtpe_analyse.sources.descripteurs import (
    NOM_HORS_PAQUET,
    charger_descripteur,
    descripteurs_connus,
)
from rtpe_analyse.sources.examen import MILLESIME, Examen, Examinateur, illisible
from rtpe_analyse.sources.fiches import Fiche, ecrire_fiche, lister_fiches
from rtpe_analyse.sources.fichiers import lire_octets, parcourir
from rtpe_analyse.sources.textes import plier
from rtpe_analyse.tableaux import ecrire_octets, ecrire_parquet, empreinte_octets

Progres = Callable[[str, int, int], None]
Etat = Literal["recu", "deja_recu", "refuse"]

_SCHEMA_REFUS = {
    "fichier": pl.String(),
    "code": pl.String(),
    "message": pl.String(),
    "empreinte": pl.String(),
    "refuse_le": pl.Date(),
}


@dataclass(frozen=True)
class RetourReception:
    """Ce qu'il est advenu d'un fichier présenté.

    Attributes:
        chemin: le fichier présenté.
        nom: nom sous lequel il est gardé, ou son nom s'il est refusé.
        etat: `recu`, `deja_recu` ou `refuse`.
        source: code de la source (vide si refusé sans être reconnu).
        millesime: millésime retenu.
        message: ce qu'il faut savoir, sans valeur de ligne ; vide si tout va bien.
        remede: quoi faire d'un refus.
        code: code fermé du refus.
        absents: chiffres qu'un fichier public de cette source donne d'ordinaire, sans colonne ici.
    """

    chemin: Path
    nom: str
    etat: Etat
    source: str = ""
    millesime: str = ""
    message: str = ""
    remede: str = ""
    code: str = ""
    absents: tuple[str, ...] = ()


def recevoir(
    chemins: Sequence[Path],
    lieux: Lieux,
    *,
    source: str | None = None,
    descripteur: Path | None = None,
    millesime: str | None = None,
    recu_le: date | None = None,
    publiques: bool = False,
    progres: Progres | None = None,
) -> list[RetourReception]:
    """Reçoit des fichiers et des dossiers (parcourus en entier, fichiers cachés exceptés).

    Args:
        chemins: fichiers ou dossiers.
        lieux: dossiers du jeu.
        source: code imposé ; sinon la source est reconnue aux colonnes.
        descripteur: descripteur d'un logiciel que le paquet ne connaît pas ; il est gardé à
            côté du brut, et reconnaîtra les fichiers suivants.
        millesime: millésime imposé ; sinon celui du nom, sinon le mois de réception.
        recu_le: date de réception ; aujourd'hui par défaut.
        publiques: ne reconnaître que les sources publiques ; un export nominatif est refusé.
        progres: appelé avec (nom, fait, total).

    Returns:
        Un retour par fichier, dans l'ordre. Un refus n'arrête pas les autres.

    Raises:
        ErreurUsage: options incompatibles ou millésime mal écrit.
        ErreurDescripteur: source ou descripteur inutilisable.
    """
    if source and descripteur:
        raise ErreurUsage("--source et --descripteur ne vont pas ensemble.", "Garder l'un.")
    if millesime is not None and not MILLESIME.match(millesime):
        raise ErreurUsage(
            f"Millésime « {millesime} » mal écrit.", "Par exemple : 2026-09, ou 2025."
        )
    guichet = _Guichet(lieux, source, descripteur, millesime, recu_le or date.today(), publiques)
    fichiers = list(parcourir(chemins))
    retours = []
    examens = appliquer(Examinateur.examiner, guichet.examinateur, fichiers)
    for fait, (chemin, examen) in enumerate(examens, 1):
        if progres:
            progres(chemin.name, fait, len(fichiers))
        retours.append(guichet.presenter(chemin, examen))
    guichet.fermer()
    return retours


class _Guichet:
    def __init__(
        self,
        lieux: Lieux,
        source: str | None,
        descripteur: Path | None,
        millesime: str | None,
        recu_le: date,
        publiques: bool,
    ) -> None:
        self._lieux = lieux
        self._recu_le = recu_le
        self._hors_paquet = descripteur
        connus = descripteurs_connus(lieux)
        self._impose: Descripteur | None = None
        if descripteur is not None:
            self._impose = charger_descripteur(descripteur)
            if self._impose.code in descripteurs_connus():
                raise ErreurDescripteur(
                    f"Le code « {self._impose.code} » est déjà celui d'une source livrée.",
                    "Choisir un autre `code` dans le descripteur.",
                )
        elif source is not None:
            self._impose = connus.get(source) or charger_descripteur(source)
        admis = [d for d in connus.values() if d.publique or not publiques]
        self._descripteurs = {d.code: d for d in [*admis, *self._imposes]}
        self._recus = {fiche.empreinte: fiche for fiche in lister_fiches(lieux)}
        self.examinateur = Examinateur(
            tuple(admis), self._impose, millesime, recu_le, frozenset(self._presents())
        )
        self._refus: dict[str, RetourReception] = {}

    @property
    def _imposes(self) -> list[Descripteur]:
        return [self._impose] if self._impose else []

    def _presents(self) -> list[str]:
        """Contenus déjà reçus et toujours là : un brut purgé se reçoit à nouveau."""
        return [e for e, fiche in self._recus.items() if fiche.chemin.exists()]

    def presenter(self, chemin: Path, examen: Examen) -> RetourReception:
        """Reçoit ou refuse un fichier examiné, sans jamais lever d'erreur."""
        try:
            if examen.refus is not None:
                raise examen.refus
            octets = lire_octets(chemin)
            if empreinte_octets(octets) != examen.empreinte:
                raise ErreurFichier(
                    "Le fichier a changé pendant la réception.",
                    "Attendre la fin de son enregistrement, puis le présenter à nouveau.",
                )
            fiche = self._recus.get(examen.empreinte)
            if fiche is not None and fiche.chemin.exists():
                return self._deja_recu(chemin, examen.nom, octets, fiche)
            retour = self._recevoir(chemin, examen, octets)
            self._refus.pop(examen.empreinte, None)
            return retour
        except ErreurFichier as erreur:
            refus = erreur
        except OSError as erreur:
            refus = illisible(erreur)
        retour = RetourReception(
            chemin, examen.nom, "refuse", "", "", str(refus), refus.remede, refus.code
        )
        self._refus[examen.empreinte or examen.nom] = retour
        return retour

    def _deja_recu(self, chemin: Path, nom: str, octets: bytes, fiche: Fiche) -> RetourReception:
        remarques = [f"Même contenu que {fiche.nom}, reçu le {fiche.recu_le:%d/%m/%Y}."]
        if self._impose is not None and self._impose.code != fiche.source:
            remarques.append(f"Il reste rangé sous la source {fiche.source}.")
        elif self._impose is not None and self._hors_paquet is not None:
            # Le descripteur qu'on vient de corriger doit servir, même si le fichier est connu.
            Contenu(octets).ouvrir(self._impose)
            self._garder_descripteur(self._impose, remarques)
        return RetourReception(
            chemin, nom, "deja_recu", fiche.source, fiche.millesime, " ".join(remarques)
        )

    def _recevoir(self, chemin: Path, examen: Examen, octets: bytes) -> RetourReception:
        nom, empreinte, millesime = examen.nom, examen.empreinte, examen.millesime
        descripteur, remarques = self._descripteurs[examen.source], list(examen.remarques)
        dossier = self._lieux.brut / descripteur.code / millesime
        if (dossier / nom).exists():
            garde = Path(nom)
            nouveau = f"{garde.stem}__{empreinte[:8]}{garde.suffix}"
            remarques.append(
                f"Un autre contenu porte déjà le nom {nom} : les deux sont gardés, celui-ci "
                f"sous {nouveau}."
            )
            nom = nouveau
        fiche = Fiche(
            source=descripteur.code,
            nom=nom,
            millesime=millesime,
            recu_le=self._recu_le,
            producteur=descripteur.producteur,
            empreinte=empreinte,
            chemin=dossier / nom,
            periode=millesime,
            taille=len(octets),
            droits=descripteur.droits,
            descripteur=descripteur.empreinte,
        )
        self._garder_descripteur(descripteur, remarques)
        ecrire_octets(fiche.chemin, octets, droits=0o600)
        ecrire_fiche(fiche)
        self._recus[empreinte] = fiche
        remarques += self._colonnes_ignorees(examen.ignorees)
        return RetourReception(
            chemin,
            nom,
            "recu",
            descripteur.code,
            millesime,
            " ".join(remarques),
            absents=examen.absents,
        )

    def _colonnes_ignorees(self, intitules: Sequence[str]) -> list[str]:
        """Cite les intitulés connus d'une source ; un autre pourrait nommer quelqu'un."""
        distincts = dict.fromkeys(intitules)
        cites = [i for i in distincts if plier(i) in self._vocabulaire]
        autres = len(distincts) - len(cites)
        suite = [f"{autres} d'intitulé inconnu (rtpe decrire les montre)"] if autres else []
        return [f"Colonnes ignorées : {', '.join([*cites, *suite])}."] if distincts else []

    @cached_property
    def _vocabulaire(self) -> frozenset[str]:
        return frozenset(plier(alias) for d in self._descripteurs.values() for alias in d.alias)

    def _garder_descripteur(self, descripteur: Descripteur, remarques: list[str]) -> None:
        if self._hors_paquet is None:
            return
        texte = self._hors_paquet.read_bytes()
        garde = self._lieux.brut / descripteur.code / NOM_HORS_PAQUET
        if garde.exists() and garde.read_bytes() != texte:
            remarques.append("Descripteur mis à jour : les fichiers déjà reçus seront relus.")
        ecrire_octets(garde, texte)

    def fermer(self) -> None:
        """Garde les refus non réglés, pour l'état et le rapport de qualité."""
        chemin = self._lieux.rejets / "fichiers_refuses.parquet"
        anciens = pl.read_parquet(chemin) if chemin.exists() else pl.DataFrame(schema=_SCHEMA_REFUS)
        nouveaux = pl.DataFrame(
            [(r.nom, r.code, r.message, cle, self._recu_le) for cle, r in self._refus.items()],
            schema=_SCHEMA_REFUS,
            orient="row",
        )
        regles = [*self._recus, *self._refus]
        refus = pl.concat([anciens.filter(~pl.col("empreinte").is_in(regles)), nouveaux])
        if refus.height or anciens.height:
            ecrire_parquet(chemin, refus.sort("fichier", "empreinte"), droits=0o600)
