"""Pure functions on strings: Arabic normalisation, light stemming, sentences, language, dates."""
