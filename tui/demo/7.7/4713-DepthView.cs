'From Squeak5.3 of 4 March 2020 [latest update: #19431] on 24 November 2026 at 9:02:00 am'!
"Change Set:		4713-DepthView
Date:			24 November 2026
Author:			Kim Jansen

Ten levels of depth instead of five."!

!DepthView methodsFor: 'accessing' stamp: 'kj 11/24/2026 08:58'!
levels
	^10! !
