'From Squeak5.3 of 4 March 2020 [latest update: #19431] on 6 November 2026 at 10:21:09 am'!
"Change Set:		4699-BookWindow
Date:			6 November 2026
Author:			Kim Jansen

The order book no longer flickers when it is redrawn."!

!OrderBookMorph methodsFor: 'drawing' stamp: 'kj 11/6/2026 10:19'!
drawOn: aCanvas
	"Draw on a form first, then once on the screen."

	buffer ifNil: [buffer := Form extent: self extent depth: 32].
	self drawRowsOn: buffer getCanvas.
	aCanvas drawImage: buffer at: self topLeft! !

!OrderBookMorph methodsFor: 'stepping' stamp: 'kj 11/5/2026 17:40'!
step
	book hasChanged ifTrue: [self changed]! !
