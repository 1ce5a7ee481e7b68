"""What someone near by may do in a document: sentences for a script's ``@`` lines."""

# ruff: noqa: E501 -- a pattern is one line, however long its choices make it.

from __future__ import annotations

INDOORS = """
The {|little |old |sleepy }{cat|dog} sat {on the mat|by the fire|under the table|at the door|near the stove|by the window|in the corner}{| and {watched|waited|listened|looked up|licked its {paws|nose}|fell asleep}}.
The {|little |old |fat }cat sat {on the mat|on the chair|on the warm stove|in the window}{| and {watched {the rain|the birds|the fire}|washed its face|purred}}.
The clock on the wall {struck|said} {five|six|seven}.
The fire in the stove was {warm|bright|low}.
"""

OUTDOORS = """
The {|little |brown |grey |yellow }bird sat {in the tree|on a branch|on the roof|on the fence|on the wall}{| and {looked down|sang|sang a song|looked around}}.
The {|little |red |grey |quick }squirrel sat {in the tree|on a branch|on the fence}{| and {looked around|ate a nut|watched the people}}.
The {|old |big |grey }owl sat {in the tree|on a branch}{| and {slept|waited for the night|opened one eye}}.
The {|old |tall |tired |kind }{man|woman} sat {on the bench|under the tree|by the road|in the sun|on the steps}{| and {read a {book|newspaper}|rested|ate an apple|fed the birds|smiled}}.
The {|little |quiet |happy }{boy|girl} sat {on the wall|under the tree|in the grass|on the steps|on a stone}{| and {waited|drew a picture|ate an apple|sang a song|read a book}}.
The {|brown |old |friendly |big }{dog|cat} sat {in the sun|by the gate|at the door|on the wall|under the bench}{| and {watched|waited|yawned|slept|looked at the {birds|people}}}.
The {man|woman|boy|girl|young man|young woman} sat {|down }{on the bench|in the shade|near the bridge|under the old tree}{| and {looked at the sky|rested|ate some bread|listened to the birds}}.
The {|green |little |fat }frog sat {on a stone|by the pond|in the wet grass}{| and {croaked|waited|caught a fly}}.
The {cow|sheep|goose|brown cow|white cow} {ate|was eating} grass {in the field|in the field|near the river|by the road}.
The children sat {in the grass|on the wall|under the tree} and {talked|laughed|ate apples}.
"""

WINTER = """
The {|little |brown |grey |hungry }bird sat {in the bare tree|on a branch|on the roof|on the fence}{| and {looked down|waited for seeds|was cold}}.
The {|black |old |big }crow sat {in the bare tree|on the roof|on the fence|on the wall}{| and {said caw|looked for food|watched the people}}.
The {|old |tall |tired |kind }{man|woman} sat {by the fire|by the stove|at the window}{| and {read a {book|newspaper}|rested|drank tea|smiled}}.
The {|little |quiet |happy }{boy|girl} sat {by the stove|on the sledge|at the window}{| and {waited|laughed|ate an apple|looked at the snow}}.
The {|brown |old |friendly |big }{dog|cat} sat {by the gate|at the door|by the fire|near the stove}{| and {watched|waited|yawned|slept}}.
"""

PRESENT = """
The {|||old|little} dog {near|near|behind|beside|in front of} the {|old |white }{house|house|tree|gate|wall|houses|trees|walls} is {barking|barking|sleeping|playing|waiting}{|| now| again}.
The {|||old|little} dogs {near|near|behind|beside|in front of} the {|old |white }{house|house|tree|gate|wall|houses|trees|walls} are {barking|barking|sleeping|playing|waiting}{|| now| again}.
The {|||little|grey} bird {near|near|behind|beside|in front of} the {|old |white }{house|house|tree|gate|wall|houses|trees|walls} is {singing|singing|quiet|hungry}{|| now| again}.
The {|||little|grey} birds {near|near|behind|beside|in front of} the {|old |white }{house|house|tree|gate|wall|houses|trees|walls} are {singing|singing|quiet|hungry}{|| now| again}.
The {|||happy|small} child {near|near|behind|beside|in front of} the {|old |white }{house|house|tree|gate|wall|houses|trees|walls} is {laughing|playing|singing|running}{|| now| again}.
The {|||happy|small} children {near|near|behind|beside|in front of} the {|old |white }{house|house|tree|gate|wall|houses|trees|walls} are {laughing|playing|singing|running}{|| now| again}.
The {|||old|little} cat {near|near|behind|beside|in front of} the {|old |white }{house|house|tree|gate|wall|houses|trees|walls} is {sleeping|hungry|playing|looking at the birds}{|| now| again}.
The {|||old|little} cats {near|near|behind|beside|in front of} the {|old |white }{house|house|tree|gate|wall|houses|trees|walls} are {sleeping|hungry|playing|looking at the birds}{|| now| again}.
The {|||old|brown} cow {near|near|behind|beside|in front of} the {|old |white }{house|house|tree|gate|wall|houses|trees|walls} is {eating grass|eating grass in the field|sleeping|quiet}{|| now| again}.
The {|||old|brown} cows {near|near|behind|beside|in front of} the {|old |white }{house|house|tree|gate|wall|houses|trees|walls} are {eating grass|eating grass in the field|sleeping|quiet}{|| now| again}.
The {|||old|tall} man {near|near|behind|beside|in front of} the {|old |white }{house|house|tree|gate|wall|houses|trees|walls} is {talking|working|resting|waiting}{|| now| again}.
The {|||old|tall} men {near|near|behind|beside|in front of} the {|old |white }{house|house|tree|gate|wall|houses|trees|walls} are {talking|working|resting|waiting}{|| now| again}.
The {|||old|kind} woman {near|near|behind|beside|in front of} the {|old |white }{house|house|tree|gate|wall|houses|trees|walls} is {talking|working|resting|waiting}{|| now| again}.
The {|||old|kind} women {near|near|behind|beside|in front of} the {|old |white }{house|house|tree|gate|wall|houses|trees|walls} are {talking|working|resting|waiting}{|| now| again}.
"""

RAIN = """
It {rained|had rained} {all night|all night|in the night|for hours|the whole day|a lot}, so the {ground|ground|grass|road|path} was {wet|wet|very wet|still wet}.
It {rained|had rained} {all night|in the night|for hours|without a stop}, and so the {ground|ground|grass|road|path} was {wet|wet|very wet|still wet}.
The {ground|ground|grass|road|path} was {wet|wet|very wet|still wet}, because it had rained {all night|in the night|for hours|a lot}.
Because it had rained {all night|in the night|for hours|a lot}, the {ground|ground|grass|road|path} was {wet|wet|very wet|still wet}.
"""

POOLS = {
    "@rain": RAIN.strip().split("\n"),
    "@present": PRESENT.strip().split("\n"),
    "@winter": WINTER.strip().split("\n"),
    "@indoors": INDOORS.strip().split("\n"),
    "@outdoors": OUTDOORS.strip().split("\n"),
}
