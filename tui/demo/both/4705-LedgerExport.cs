'From Squeak5.3 of 4 March 2020 [latest update: #19431] on 13 November 2026 at 4:02:33 pm'!
"Change Set:		4705-LedgerExport
Date:			13 November 2026
Author:			Mira Kovacs

Exports the ledger with a semicolon where the locale wants one."!

!LedgerExporter methodsFor: 'writing' stamp: 'mk 11/13/2026 15:58'!
separator
	^locale usesDecimalComma ifTrue: [$;] ifFalse: [$,]! !
