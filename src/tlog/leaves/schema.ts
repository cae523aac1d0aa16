/** What a file of leaves consists of. */

/** 'POMt', in the header of every such file. */
export const applicationId = 0x504f4d74;
/** A file of another version is not used. */
export const schemaVersion = 1;

/** `number` counts the events of all orders in the order of the store, from 0; `hash` is the leaf. */
export const leavesSchema = `
  CREATE TABLE leaves (
    number INTEGER PRIMARY KEY,
    stream TEXT NOT NULL,
    revision INTEGER NOT NULL,
    id TEXT NOT NULL,
    hash BLOB NOT NULL
  ) STRICT;
  CREATE INDEX leaves_by_place ON leaves (stream, revision);
`;

/**
 * `nodes` holds the roots of whole subtrees of 256, 256², … leaves (`level` 1, 2, …), so that any
 * range is hashed from a few hundred rows. `mark` says how far the file has come, and the root there.
 */
export const schema = `
  ${leavesSchema}
  CREATE TABLE nodes (
    level INTEGER NOT NULL,
    number INTEGER NOT NULL,
    hash BLOB NOT NULL,
    PRIMARY KEY (level, number)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE mark (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    size INTEGER NOT NULL,
    root BLOB NOT NULL,
    place TEXT
  ) STRICT;
  PRAGMA application_id = ${applicationId};
  PRAGMA user_version = ${schemaVersion};
`;
