//! The one integration test: everything is data, and each kind of data has one door.
