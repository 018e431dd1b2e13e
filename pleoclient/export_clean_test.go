package pleoclient

// What the tests of the cleaning reach besides CleanKey.
var (
	UsualSuspects = usualSuspects
	CharacterName = characterName
)
