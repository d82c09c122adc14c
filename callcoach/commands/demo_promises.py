"""What the fictitious sponsors of `callcoach demo` decided may be said, what must be, and what is
never said.
"""

from __future__ import annotations

from dataclasses import dataclass

from callcoach.campaigns.models import Disclosure, PromiseKind


@dataclass(frozen=True, slots=True)
class PromiseSeed:
    """A demo statement; as `promises.operations.proposing.Content`."""

    kind: PromiseKind
    text: str
    note: str = ""
    nuances: tuple[str, ...] = ()
    condition: str = ""
    disclosure: Disclosure | None = None


def _opening(sponsor: str) -> tuple[PromiseSeed, ...]:
    """What the opening of every call makes known."""
    return (
        PromiseSeed(
            PromiseKind.DISCLOSURE,
            "Bonjour, je m’appelle… (prénom et nom).",
            "Se présenter avant de demander quoi que ce soit.",
            disclosure=Disclosure.IDENTITY,
        ),
        PromiseSeed(
            PromiseKind.DISCLOSURE,
            f"Je vous appelle pour la société {sponsor}.",
            "Nommer la société pour laquelle on appelle, et personne d’autre.",
            (f"De la société {sponsor}.", f"Pour le compte de {sponsor}."),
            disclosure=Disclosure.ON_BEHALF,
        ),
        PromiseSeed(
            PromiseKind.DISCLOSURE,
            "C’est un appel commercial.",
            "",
            ("Je vous appelle pour vous proposer un rendez-vous.", "C’est un démarchage."),
            disclosure=Disclosure.COMMERCIAL,
        ),
        PromiseSeed(
            PromiseKind.DISCLOSURE,
            "Cet appel peut être enregistré.",
            "",
            ("L’appel est enregistré pour la formation de nos équipes.",),
            disclosure=Disclosure.RECORDING,
        ),
        PromiseSeed(
            PromiseKind.DISCLOSURE,
            "Vous pouvez vous y opposer.",
            "À dire dès que l’enregistrement est annoncé, et chaque fois qu’on le demande.",
            (
                "Dites-le-moi si vous ne souhaitez pas être enregistré.",
                "Si vous ne voulez plus être appelé, je le note.",
            ),
            disclosure=Disclosure.OBJECTION,
        ),
    )


COMPTACLAIR = (
    *_opening("Comptaclair"),
    PromiseSeed(
        PromiseKind.POSITIONING,
        "Comptaclair automatise la clôture mensuelle.",
        "Ni un logiciel de comptabilité, ni un cabinet.",
        ("Un outil d’automatisation de la clôture.",),
    ),
    PromiseSeed(
        PromiseKind.APPROVED,
        "La clôture passe d’une dizaine de jours à cinq environ.",
        "",
        ("On passe de dix jours à environ cinq.", "Vous divisez par deux le délai de clôture."),
    ),
    PromiseSeed(
        PromiseKind.APPROVED,
        "Chaque écriture garde une piste d’audit complète.",
        "",
        ("Chaque écriture est tracée.",),
    ),
    PromiseSeed(
        PromiseKind.APPROVED,
        "L’outil s’intègre à Sage et à Cegid.",
        "Les développements maison se regardent avec un consultant.",
        ("Nous nous connectons à Sage.", "Nous sommes compatibles avec Cegid."),
    ),
    PromiseSeed(
        PromiseKind.CONDITIONAL,
        "L’intégration fonctionne avec votre version de Sage.",
        "Sinon : « je ne peux pas vous répondre comme ça, au téléphone ».",
        condition="après vérification par notre consultant",
    ),
    PromiseSeed(PromiseKind.FORBIDDEN, "des économies garanties", "Aucun gain n’est garanti."),
    PromiseSeed(
        PromiseKind.FORBIDDEN,
        "gratuit",
        "Dire « sans engagement, trente minutes ».",
        ("sans aucun frais", "offert"),
    ),
    PromiseSeed(
        PromiseKind.FORBIDDEN,
        "certifié par l’État",
        "Aucun organisme public ne certifie Comptaclair.",
        ("agréé par l’administration fiscale",),
    ),
    PromiseSeed(
        PromiseKind.AMBIGUOUS,
        "compatible à cent pour cent",
        "Dire avec quel logiciel, et ce qui reste à vérifier.",
        ("ça se branche en un clic",),
    ),
)

VOLTANEO = (
    *_opening("Voltaneo"),
    PromiseSeed(
        PromiseKind.POSITIONING,
        "Voltaneo installe des ombrières solaires sur les parkings.",
        "Ni panneaux de toiture, ni fournisseur d’électricité.",
    ),
    PromiseSeed(
        PromiseKind.APPROVED,
        "L’étude de faisabilité est remise en trois semaines.",
        "",
        ("En trois semaines, vous savez si votre parking s’y prête.",),
    ),
    PromiseSeed(
        PromiseKind.APPROVED,
        "Les ombrières sont financées par un tiers investisseur, sans investissement.",
        "Il se paye sur l’électricité produite.",
        ("Un investisseur les finance : vous n’avez pas d’investissement à faire.",),
    ),
    PromiseSeed(
        PromiseKind.CONDITIONAL,
        "Vous saurez combien d’électricité votre parking peut produire.",
        "Avant l’étude : « je ne vous donne aucun chiffre, parce que je n’en ai pas ».",
        condition="après l’étude",
    ),
    PromiseSeed(
        PromiseKind.FORBIDDEN, "zéro risque", "Dire qui porte quel risque.", ("sans risque",)
    ),
    PromiseSeed(
        PromiseKind.FORBIDDEN,
        "des économies chiffrées avant l’étude",
        "Avant l’étude, aucun chiffre.",
    ),
    PromiseSeed(
        PromiseKind.FORBIDDEN,
        "mandaté par l’État",
        "Ni l’État, ni EDF.",
        ("envoyé par le gouvernement", "en collaboration avec les organismes publics"),
    ),
    PromiseSeed(PromiseKind.FORBIDDEN, "de la part d’EDF", "Ni l’État, ni EDF."),
    PromiseSeed(
        PromiseKind.AMBIGUOUS,
        "c’est obligatoire",
        "Dire quelle obligation, pour qui, depuis quand.",
        ("vous êtes obligé par la loi",),
    ),
)
