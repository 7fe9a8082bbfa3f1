package dev.torc.importing;

import dev.torc.syntax.Problems;

/**
 * What an import cannot carry over, and what is wrong with the workflow file, so that one run tells
 * all of it, each once.
 *
 * @param said what is not carried, or not as it was
 * @param wrong what makes the import impossible
 */
record Notes(Problems said, Problems wrong) {}
