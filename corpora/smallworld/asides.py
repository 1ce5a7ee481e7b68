"""What someone near by may do in a document: sentences for a script's ``@`` lines."""

from __future__ import annotations

INDOORS = """
The {|little |old |sleepy }{cat|dog} sat {on the mat|by the fire|under the table|at the door|near the stove|by the window|in the corner}{| and {watched|waited|listened|looked up|licked its {paws|nose}|fell asleep}}.
The {|little |old |fat }cat sat {on the mat|on the chair|on the warm stove|in the window}{| and {watched {the rain|the birds|the fire}|washed its face|purred}}.
The clock on the wall {struck|said} {five|six|seven}.
The fire in the stove was {warm|bright|low}.
"""  # noqa: E501

OUTDOORS = """
The {|little |brown |grey |black }{bird|crow|squirrel|owl} sat {in the tree|on a branch|on the roof|on the fence|on the wall}{| and {looked down|sang|watched|waited|looked around|ate a nut}}.
The {|old |tall |tired |kind }{man|woman} sat {on the bench|under the tree|by the road|in the sun|on the steps}{| and {read a {book|newspaper}|rested|ate an apple|fed the birds|smiled}}.
The {|little |quiet |happy }{boy|girl} sat {on the wall|under the tree|in the grass|on the steps|on a stone}{| and {waited|drew a picture|ate an apple|sang a song|read a book}}.
The {|brown |old |friendly |big }{dog|cat} sat {in the sun|by the gate|at the door|on the wall|under the bench}{| and {watched|waited|yawned|slept|looked at the {birds|people}}}.
The {|green |little |fat }frog sat {on a stone|by the pond|in the wet grass}{| and {croaked|waited|caught a fly}}.
The children sat {in the grass|on the wall|under the tree} and {talked|laughed|ate apples}.
"""  # noqa: E501

POOLS = {
    "@indoors": INDOORS.strip().split("\n"),
    "@outdoors": OUTDOORS.strip().split("\n"),
}
