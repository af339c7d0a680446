"""Le portrait public : naissances, enfants de moins de 3 ans, familles, emploi, revenus."""

from rtpe_analyse.indicateurs.modele import Additif, Indicateur, NonAgregeable, RatioDeSommes
from rtpe_analyse.indicateurs.publics import PARTIEL, declarer
from rtpe_analyse.indicateurs.valeurs_publiques import ENFANTS, RECUL, TROIS_ANS

PORTRAIT: tuple[Indicateur, ...] = (
    declarer(
        "S1",
        "Enfants de moins de 3 ans",
        "enfants",
        Additif(ENFANTS),
        "Dénominateur du taux de couverture, retrouvé des places et du taux publiés.",
    ),
    declarer(
        "S1n",
        "Enfants de moins de 3 ans d'après les naissances",
        "enfants",
        Additif("naissances_trois_ans"),
        f"Somme des naissances domiciliées de l'année et des {TROIS_ANS - 1} précédentes : les "
        "enfants qui n'ont pas 3 ans au 31 décembre.",
        limites="Ni les décès, ni les déménagements : une zone où l'on s'installe avec un jeune "
        "enfant en a davantage. Une année sans naissances publiées n'est pas estimée. " + PARTIEL,
    ),
    declarer(
        "S2",
        "Naissances domiciliées",
        "naissances",
        Additif("naissances"),
        "Naissances de l'année selon la commune de la mère.",
    ),
    declarer(
        "S2v",
        f"Évolution des naissances sur {RECUL} ans",
        "%",
        RatioDeSommes("naissances_variation", "naissances_avant"),
        f"Naissances de l'année moins celles d'il y a {RECUL} ans, rapportées à celles-ci, sur "
        "les communes publiées les deux années.",
        numerateur=f"naissances de l'année moins celles d'il y a {RECUL} ans",
        denominateur=f"naissances d'il y a {RECUL} ans",
        decimales=1,
    ),
    declarer(
        "S2c",
        "Naissances des communes publiées chaque année",
        "naissances",
        Additif("naissances_suivies"),
        "Naissances de l'année, sur les communes que la source publie toutes les années : la "
        "tendance se lit à communes constantes.",
        limites="Sous le total S2 quand une petite commune n'est pas publiée une année. " + PARTIEL,
    ),
    declarer(
        "S3",
        "Population",
        "habitants",
        Additif("population"),
        "Population municipale.",
        limites="Une année connue par IRIS seulement est la somme de leurs arrondis, à quelques "
        "habitants de la population légale, et sa source est celle des IRIS. " + PARTIEL,
    ),
    declarer(
        "S4",
        "Part de familles monoparentales",
        "%",
        RatioDeSommes("menages_monoparentaux", "menages_avec_enfants"),
        "Ménages monoparentaux / ménages monoparentaux et couples avec enfants.",
        denominateur="ménages avec enfants",
        decimales=1,
    ),
    declarer(
        "S5",
        "Taux d'emploi des 25-54 ans",
        "%",
        RatioDeSommes("emploi_25_54", "population_25_54"),
        "Personnes de 25 à 54 ans en emploi / population du même âge.",
        denominateur="habitants de 25 à 54 ans",
        decimales=1,
    ),
    declarer(
        "S6",
        "Taux de chômage (recensement)",
        "%",
        RatioDeSommes("chomeurs_15_64", "actifs_15_64"),
        "Chômeurs de 15 à 64 ans au sens du recensement / actifs du même âge.",
        denominateur="actifs de 15 à 64 ans",
        decimales=1,
    ),
    declarer(
        "S7",
        "Enfants de moins de 3 ans d'allocataires Caf",
        "enfants",
        Additif("allocataires_enfants_moins_3"),
        "Somme des IRIS diffusés de chaque commune.",
        limites="Minorée des IRIS couverts par le secret. " + PARTIEL,
    ),
    declarer(
        "S8",
        "Niveau de vie médian",
        "€ par an",
        NonAgregeable("niveau_vie_median_eur"),
        "Médiane publiée du revenu disponible par unité de consommation.",
        limites="Une médiane ne se moyenne pas : publiée par commune seulement.",
    ),
    declarer(
        "S9",
        "Taux de pauvreté",
        "%",
        NonAgregeable("taux_pauvrete"),
        "Part publiée de la population sous 60 % du niveau de vie médian.",
        limites="Un taux ne se moyenne pas : publié par commune seulement.",
        decimales=1,
    ),
    declarer(
        "S12",
        "Naissances de trois ans pour 100 enfants du taux de couverture",
        "%",
        RatioDeSommes("naissances_trois_ans", ENFANTS),
        "S1n / S1 sur les communes où les deux existent la même année : l'écart entre les deux "
        "estimations, à lieux égaux.",
        numerateur="naissances des trois dernières années",
        denominateur="enfants de moins de 3 ans retrouvés du taux de couverture",
        decimales=1,
    ),
    declarer(
        "S13",
        "Enfants d'allocataires pour 100 enfants du taux de couverture",
        "%",
        RatioDeSommes("allocataires_enfants_moins_3", ENFANTS),
        "S7 / S1 sur les communes où les deux existent la même année : la part des enfants de "
        "moins de 3 ans que la Caf connaît.",
        numerateur="enfants de moins de 3 ans d'allocataires",
        denominateur="enfants de moins de 3 ans retrouvés du taux de couverture",
        decimales=1,
        limites="Minoré des IRIS couverts par le secret. " + PARTIEL,
    ),
)
