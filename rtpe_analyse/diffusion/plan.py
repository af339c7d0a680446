"""Ce qu'un lot doit produire : territoires × carnets, et la synthèse de chaque département."""

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
    """Un territoire ou un département, tel que `zones.parquet` le nomme."""

    maille: str
    code: str
    libelle: str

    @property
    def dossier(self) -> str:
        """Nom de son dossier de rapports ; un code n'y fait jamais sortir de l'arbre."""
        net = re.sub(r"[^\w-]+", "-", self.code)
        return net if self.maille == "territoire" else f"{self.maille}_{net}"


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
    chemin = lieux.indicateurs / "zones.parquet"
    if not chemin.exists():
        raise ErreurDonneesManquantes("La liste des zones manque.", "Lancer : rtpe calculer")
    table = (
        pl.read_parquet(chemin)
        .filter(pl.col("maille").is_in(["territoire", "departement"]))
        .filter(pl.col("valide_du").is_null() | (pl.col("valide_du") <= periode.fin))
        .filter(pl.col("valide_au").is_null() | (pl.col("valide_au") >= periode.debut))
        .sort("valide_du", nulls_last=False)
        .unique(["maille", "zone"], keep="last")
        .sort(pl.col("maille") == "departement", "zone")
    )
    return [Zone(*ligne) for ligne in table.select("maille", "zone", "libelle").iter_rows()]


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
) -> list[Travail]:
    """Le plan d'un lot, dans un ordre fixe, tous paramètres vérifiés.

    Sans `territoires`, toutes les zones ; avec, la synthèse départementale n'est faite que si
    son carnet est nommé dans `carnets`.

    Raises:
        ErreurUsage: territoire ou carnet inconnu, paramètre refusé, dossiers confondus.
    """
    zones = lire_zones(lieux, periode)
    connus = [z.code for z in zones if z.maille == "territoire"]
    for code in territoires or ():
        if code not in connus:
            raise ErreurUsage(
                f"Territoire « {code} » inconnu au cours de {periode}.",
                f"Territoires connus : {', '.join(connus) or 'aucun'}.",
            )
    noms = list(dict.fromkeys(carnets or lister_carnets(dossier_carnets)))
    if not noms:
        raise ErreurUsage("Aucun carnet de rapport.", f"Dossier cherché : {dossier_carnets.name}/.")
    lus = [lire_carnet(nom, dossier_carnets) for nom in noms]
    cote = dossier_des_rapports(lieux, periode, niveau)
    travaux = []
    for zone in zones:
        for carnet in lus:
            if carnet.maille != zone.maille:
                continue
            if territoires and zone.maille == "territoire" and zone.code not in territoires:
                continue
            if territoires and zone.maille == "departement" and not carnets:
                continue
            demande = _demande(lieux, carnet, zone, periode, niveau, edition, delai)
            relatif = Path(zone.dossier) / f"{carnet.nom}.html"
            temoin = lieux.travail / "rapports" / cote.name / relatif.with_suffix(".json")
            travaux.append(Travail(zone, demande, cote / relatif, temoin))
    pages = {t.page for t in travaux}
    if len(pages) != len(travaux):
        raise ErreurUsage(
            "Deux zones ont des codes qui donneraient le même dossier de rapports.",
            "Donner aux territoires des codes qui diffèrent par leurs lettres ou chiffres.",
        )
    if not travaux:
        raise ErreurUsage(
            f"Aucun rapport à produire pour {periode}.", "Aucune zone ne répond à la demande."
        )
    return travaux


def _demande(
    lieux: Lieux,
    carnet: Carnet,
    zone: Zone,
    periode: Periode,
    niveau: Niveau,
    edition: date,
    delai: float,
) -> Demande:
    parametres = {
        carnet.maille: zone.code,
        "periode": str(periode),
        "niveau": niveau,
        "edition": edition.isoformat(),
    }
    verifier_parametres(carnet, parametres)
    return Demande(carnet, dict(parametres), lieux.indicateurs, lieux.travail / "noyau", delai)
