"""What people write: invented, in the words of duty desks, named nurses, schools, sergeants and their phones."""

from __future__ import annotations

NIL = (
    "Nil return from us. Nobody in this household has been known to our service.",
    "We have checked all our systems and have no record of this child or any family member.",
    "Hi\n\nI can confirm that we have had no involvement with the family.",
    "Not known to us.",
    "Good afternoon, following a search of our database there is no trace of any of the individuals listed.",
    "Please accept this as a nil return on behalf of the trust.",
    "We hold no information on the child, the parents or the sibling.",
    "No involvement with this family whatsoever.",
    "I've searched and we have never worked with any of them.",
    "This family is unknown to our organisation.",
    "Thank you for your email. We have no records relating to these people.",
    "nil return - no contact recorded",
    "Nil return from us. If anything changes we will let you know.",
    "We have checked with all of our teams and have had no involvement.",
)
NEAR_NIL = (
    "We have nobody under that name. Is there an alias or a previous surname?",
    "They are not known to us under that name but we do have a similar one at the same address.",
    "No involvement since 2019.",
    "We have had no contact with mum, however dad was known to us as a teenager.",
    "Not currently known to our service. I am checking the archive and will come back to you.",
    "At this time we do not believe we hold records, subject to a search of the paper files.",
    "The child isn't known but a sibling may have attended our clinic.",
    "Initial checks show nothing, further checks are needed.",
    "Thank you. Nil return from our adult services; children's services will reply separately.",
    "Nil return from adult social care. Our children's team will send theirs.",
    "No involvement from our community nursing team, the hospital side is to follow.",
    "We have no record of the family. I have asked our other site to check too.",
    "Not known to our health visiting service. School nursing will return theirs in due course.",
    "Nil return from my side, Sam is looking at the rest.",
    "No trace on the adult system. The children's system will be searched tomorrow.",
    "We have had no involvement. Another team within the trust may have.",
)
EXTENSION = (
    "Our named nurse is on leave until the 15th. Could we please have until the 17th to return this?",
    "I am afraid we are not going to be able to get this back to you by Wednesday. Would Friday be acceptable?",
    "We need an extension please as the records are held off site.",
    "Would it be possible to have a few more days? The file is being recalled from storage.",
    "Can the deadline be moved to 19 June as half the team are off sick?",
    "Please may I request an extension of one week.",
    "We are struggling with capacity and request additional time to complete the chronology.",
    "I will not be able to meet the deadline of 10 June. I can do 12 June.",
)
ACKNOWLEDGED = (
    "Thank you, received. We'll get this back to you in time.",
    "Received with thanks.",
    "Noted, will respond by the date.",
    "Thanks for this, I have passed it to the team to complete.",
    "Hi, just to acknowledge receipt. I'll complete and return.",
    "Thanks, on it.",
    "Confirming safe receipt of the scoping request.",
    "Many thanks for your email, this has been allocated to one of our reviewing officers.",
)
QUESTION = (
    "Do you want the chronology to go back before the birth of the child?",
    "Who else has been asked to contribute to this?",
    "Could you resend the template, I can't open the one that was attached.",
    "Please can you confirm the mother's date of birth, the one on the form looks wrong.",
    "Which period should we cover?",
    "Are we to include information about the half-sister as well?",
    "I tried to ring you but could not get through. Can someone call me on 01632 960145?",
    "Hi, is this the same family as the strategy meeting last week?",
)
SERIOUS = (
    ("We consider that the child has been seriously harmed.", "yes"),
    ("Serious harm", "yes"),
    ("Having reviewed the information the threshold is met.", "yes"),
    ("The criteria for serious harm are met in our view.", "yes"),
    ("No serious harm", "no"),
    ("Our decision is that this does not meet the definition of serious harm.", "no"),
    ("The threshold has not been met.", "no"),
    ("We would not regard this as serious harm.", "no"),
    ("We need more time to decide as we are waiting for the medical report.", "more_time"),
    ("Can't say yet. The consultant's opinion is due on Friday.", ""),
)
RECORDS = (
    (
        "Subject access request",
        "I would like a copy of all the information you hold about me. My date of birth is 3 August 2001.",
    ),
    ("Freedom of Information Act 2000 request", "Please tell me how many rapid reviews were held in 2024 and 2025."),
    (
        "FOI",
        "Under the Freedom of Information Act please could you supply the number of child deaths reviewed each year.",
    ),
    (
        "Request for my records",
        "I want to see everything that has been written about me and my children by your partnership.",
    ),
    ("Data protection", "I am making a request under Article 15 of the UK GDPR for my personal data."),
    (
        "SAR - our client Ms L C",
        "We act for the above and enclose her signed authority. Please disclose her file within one month.",
    ),
    (
        "Information request",
        "This is a request for information under the FOIA. How much did the partnership spend "
        "on independent authors?",
    ),
    ("my data", "Under the Data Protection Act 2018 I have the right to see what you hold on me. Please send it."),
)
LIVE = (
    ("MARF - urgent", "Please find a multi agency referral form attached for a child we saw today."),
    (
        "Safeguarding referral for a 6 year old",
        "I want to report a child at risk. He came to school today with marks on his neck and "
        "is frightened to go home.",
    ),
    (
        "Concern about a child",
        "I am worried that my neighbour's little girl is being hit. I can hear her screaming right now.",
    ),
    (
        "Referral to children's social care",
        "Please see attached our child protection referral. The baby is at home with the father today.",
    ),
    ("Child protection referral", "New referral for your attention, unborn baby, mother is using heroin."),
    (
        "Request for support form",
        "Completed request for support attached. Please advise which social worker will be allocated.",
    ),
    (
        "Adult safeguarding concern",
        "We wish to raise an adult at risk concern for a resident of the home who has unexplained bruising.",
    ),
    (
        "URGENT safeguarding",
        "A pupil disclosed this morning that her stepfather hurts her at night. What should we "
        "do? She goes home at 3.15.",
    ),
)
AUTOMATIC = (
    ("Automatic reply: ", "I am out of the office until 15 June. For urgent matters please contact the duty desk."),
    ("Out of Office: ", "I'm on annual leave with no access to email."),
    (
        "Automatic reply: ",
        "Thank you for contacting the safeguarding team. This mailbox is monitored Monday to Friday, 9 to 5.",
    ),
    ("Ateb awtomatig: ", "Nid wyf yn y swyddfa. I am not in the office."),
    ("Auto: ", "I have now left the service. Please send all correspondence to my replacement."),
    ("AutoReply: ", "We have received your email and will answer within five working days."),
)
PORTALS = (
    (
        "Egress",
        "You have received a secure email from Westmarch General.\n\nTo read it, sign in to Egress:\nhttps://switch.egress.example/ui/message/99",
    ),
    (
        "Egress package",
        "Named Nurse has sent you an Egress Secure Workspace package.\nOpen it here: https://reader.egress.example/p/1",
    ),
    (
        "Mimecast",
        "You have a new Secure Message from Westmarch Homes.\nView Message: "
        "https://secure-eu.mimecast.example/m/1\nPowered by Mimecast Secure Messaging",
    ),
    (
        "Galaxkey",
        "A secure message has been sent to you using Galaxkey. Please log in to view it. https://www.galaxkey.example/view",
    ),
    (
        "OneDrive",
        "Westmarch Probation shared a file with you.\n\nReturn RR-2026-001.docx\n\nOpen: https://westmarch-my.sharepoint.example/:w:/g/1",
    ),
    (
        "WeTransfer",
        "spoc sent you some files\n2 items, 4 MB in total, expires on 10 June\nGet your files https://we.tl.example/t-1",
    ),
    (
        "Objective Connect",
        "You have been invited to the workspace Safeguarding Review on Objective Connect. Accept: https://secure.objectiveconnect.example/i",
    ),
    (
        "Proofpoint",
        "You have received an encrypted message. Click to read: https://securemail.westmarch-homes.example/formpostdir/safeformpost",
    ),
    (
        "Zivver",
        "You have received a Zivver message with sensitive information. Read message https://app.zivver.example/c/1",
    ),
    ("CJSM", "You have received a message in your CJSM mailbox. Please log on at https://cjsm.example to read it."),
    (
        "Huddle",
        "I have put our documents in the shared folder, please download them from https://westmarch.huddle.example/files/17",
    ),
)
SUBJECTS = (
    "RE: [RR-2026-001] R.C.: Scoping request",
    "FW: RR-2026-001 scoping",
    "AW: RR-2026-001",
    "Ateb: [RR-2026-001] R.C.: Scoping request",
    "[EXTERNAL] Re: RR 2026 001",
    "OFFICIAL-SENSITIVE: RR-2026-1 return",
    "**OFFICIAL SENSITIVE** RR2026/001",
    "[secure] RR/2026/001 our response",
    "CAUTION: External email - rr-2026-001",
    "Re: rapid review rr2026001",
    "RE: FW: RE: RR–2026–001 chronology",
    "SV: Fwd: (RR.2026.001)",
    "Your ref: RR - 2026 - 001",
    "Response to RR_2026_001_Scoping",
    "RR-2026-01 return from education",
    "Rapid Review ref 2026-001",
)
