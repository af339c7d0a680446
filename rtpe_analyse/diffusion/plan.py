"""Ce qu'un lot doit produire : zones × carnets.

Rapports de chaque territoire, synthèse de chaque département, fiche de chaque établissement.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from rtpe_analyse.chemins import Lieux
from rtpe_analyse.diffusion.carnets import Carnet, lire_carnet, lister_carnets, verifier_parametres
from rtpe_analyse.diffusion.demande import Demande
from rtpe_analyse.erreurs import ErreurDonneesManquantes, ErreurUsage
from rtpe_analyse.modeles import Niveau, Periode


@dataclass(frozen=True)
class Zone:
    """Un établissement, un territoire ou un département, tel que `zones.parquet` le nomme.

    Attributes:
        maille: `etablissement`, `territoire` ou `departement`.
        code: son code.
        libelle: son nom.
        parent: code du territoire d'un établissement ; vide pour les autres.
    """

    maille: str
    code: str
    libelle: str
    parent: str = ""

    @property
    def dossier(self) -> str:
        """Dossier de ses rapports ; un code n'y fait jamais sortir de l'arbre."""
        if self.maille == "departement":
            return f"departement_{_net(self.code)}"
        return _net(self.parent if self.maille == "etablissement" else self.code)

    def page(self, carnet: str) -> Path:
        """Chemin d'un rapport de la zone, relatif au dossier de la période.

        La fiche d'un établissement est rangée dans le dossier de son territoire.
        """
        if self.maille == "etablissement":
            return Path(self.dossier) / carnet / f"{_net(self.code)}.html"
        return Path(self.dossier) / f"{carnet}.html"


@dataclass(frozen=True)
class Travail:
    """Un rapport du plan : sa zone, ce qu'on demande au moteur, et où il s'écrira."""

    zone: Zone
    demande: Demande
    page: Path
    temoin: Path

    @property
    def nom(self) -> str:
        """Nom affiché : « T1 / occupation_territoire »."""
        return f"{self.zone.code} / {self.demande.carnet.nom}"

    @property
    def manifeste(self) -> Path:
        """Manifeste du rapport produit."""
        return self.page.with_suffix(".json")

    @property
    def echec(self) -> Path:
        """Manifeste du dernier échec ; il disparaît au premier succès."""
        return self.page.with_suffix(".echec.json")


def dossier_des_rapports(lieux: Lieux, periode: Periode, niveau: Niveau) -> Path:
    """Dossier d'un trimestre ; les rapports à diffuser ne se mêlent pas aux internes."""
    return lieux.rapports / (str(periode) if niveau == "interne" else f"{periode}_{niveau}")


def lire_zones(lieux: Lieux, periode: Periode) -> list[Zone]:
    """Territoires et départements existant pendant la période, triés.

    Un libellé qui change en cours de période prend sa dernière valeur.

    Raises:
        ErreurDonneesManquantes: si les indicateurs n'ont pas été calculés.
    """
    table = _zones_de(lieux, periode, ("territoire", "departement")).sort(
        pl.col("maille") == "departement", "zone"
    )
    return [Zone(*ligne) for ligne in table.select("maille", "zone", "libelle").iter_rows()]


def lire_etablissements(lieux: Lieux, periode: Periode) -> list[Zone]:
    """Établissements d'un territoire, ouverts un jour au moins de la période, triés.

    Un établissement sans territoire n'a pas de fiche : le rapport de qualité le signale.

    Raises:
        ErreurDonneesManquantes: si les indicateurs n'ont pas été calculés.
    """
    table = _zones_de(lieux, periode, ("etablissement",)).drop_nulls("parent").sort("zone")
    lignes = table.select("maille", "zone", "libelle", "parent").iter_rows()
    return [Zone(*ligne) for ligne in lignes]


def _zones_de(lieux: Lieux, periode: Periode, mailles: Sequence[str]) -> pl.DataFrame:
    chemin = lieux.indicateurs / "zones.parquet"
    if not chemin.exists():
        raise ErreurDonneesManquantes("La liste des zones manque.", "Lancer : rtpe calculer")
    return (
        pl.read_parquet(chemin)
        .filter(pl.col("maille").is_in(mailles))
        .filter(pl.col("valide_du").is_null() | (pl.col("valide_du") <= periode.fin))
        .filter(pl.col("valide_au").is_null() | (pl.col("valide_au") >= periode.debut))
        .sort("valide_du", nulls_last=False)
        .unique(["maille", "zone"], keep="last")
    )


def planifier(
    lieux: Lieux,
    periode: Periode,
    *,
    territoires: Sequence[str] | None,
    carnets: Sequence[str] | None,
    niveau: Niveau,
    edition: date,
    dossier_carnets: Path,
    delai: float,
    etablissements: Sequence[str] | None = None,
    comparaison: str = "",
) -> list[Travail]:
    """Le plan d'un lot, dans un ordre fixe, tous paramètres vérifiés.

    Sans `territoires` ni `etablissements`, toutes les zones. Avec `territoires`, leurs
    rapports et les fiches de leurs établissements ; la synthèse départementale n'est alors
    faite que si son carnet est nommé dans `carnets`. Avec `etablissements`, leurs fiches, et
    les rapports des seuls territoires nommés. `comparaison` va aux carnets qui déclarent ce
    paramètre ; vide, ils gardent la leur.

    Raises:
        ErreurUsage: zone ou carnet inconnu, paramètre refusé, dossiers confondus.
    """
    zones = lire_zones(lieux, periode)
    fiches = lire_etablissements(lieux, periode)
    _refuser_inconnues("Territoire", territoires, zones, periode)
    _refuser_inconnues("Établissement", etablissements, fiches, periode)
    noms = list(dict.fromkeys(carnets or lister_carnets(dossier_carnets)))
    if not noms:
        raise ErreurUsage("Aucun carnet de rapport.", f"Dossier cherché : {dossier_carnets.name}/.")
    lus = [lire_carnet(nom, dossier_carnets) for nom in noms]
    cote = dossier_des_rapports(lieux, periode, niveau)
    travaux = []
    for zone in [*zones, *fiches]:
        for carnet in lus:
            if carnet.maille != zone.maille or not _voulue(
                zone, territoires, etablissements, bool(carnets)
            ):
                continue
            choix = {"comparaison": comparaison} if comparaison else {}
            demande = _demande(lieux, carnet, zone, periode, niveau, edition, delai, choix)
            relatif = zone.page(carnet.nom)
            temoin = lieux.travail / "rapports" / cote.name / relatif.with_suffix(".json")
            travaux.append(Travail(zone, demande, cote / relatif, temoin))
    pages = {t.page for t in travaux}
    if len(pages) != len(travaux):
        raise ErreurUsage(
            "Deux zones ont des codes qui donneraient le même rapport.",
            "Donner aux zones des codes qui diffèrent par leurs lettres ou chiffres.",
        )
    if not travaux:
        raise ErreurUsage(
            f"Aucun rapport à produire pour {periode}.", "Aucune zone ne répond à la demande."
        )
    return travaux


def _voulue(
    zone: Zone,
    territoires: Sequence[str] | None,
    etablissements: Sequence[str] | None,
    carnets_nommes: bool,
) -> bool:
    if zone.maille == "etablissement":
        if etablissements:
            return zone.code in etablissements
        return not territoires or zone.parent in territoires
    if not territoires and not etablissements:
        return True
    if zone.maille == "territoire":
        return zone.code in (territoires or ())
    return carnets_nommes


def _refuser_inconnues(
    titre: str, codes: Sequence[str] | None, zones: Sequence[Zone], periode: Periode
) -> None:
    maille = {"Territoire": "territoire", "Établissement": "etablissement"}[titre]
    connus = [z.code for z in zones if z.maille == maille]
    for code in codes or ():
        if code not in connus:
            raise ErreurUsage(
                f"{titre} « {code} » inconnu au cours de {periode}.",
                f"{titre}s connus : {', '.join(connus) or 'aucun'}.",
            )


def _net(code: str) -> str:
    return re.sub(r"[^\w-]+", "-", code)


def _demande(
    lieux: Lieux,
    carnet: Carnet,
    zone: Zone,
    periode: Periode,
    niveau: Niveau,
    edition: date,
    delai: float,
    choix: dict[str, str],
) -> Demande:
    parametres = {
        carnet.maille: zone.code,
        "periode": str(periode),
        "niveau": niveau,
        "edition": edition.isoformat(),
        **{nom: valeur for nom, valeur in choix.items() if nom in carnet.parametres},
    }
    verifier_parametres(carnet, parametres)
    return Demande(carnet, dict(parametres), lieux.indicateurs, lieux.travail / "noyau", delai)
