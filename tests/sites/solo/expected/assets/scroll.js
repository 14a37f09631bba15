an asset
