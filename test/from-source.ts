import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { packageSources } from './sources.ts';

// For `node --import`: a child process then imports the package by its name without a build.
const sources = packageSources();

registerHooks({
  resolve: (specifier, context, next) => {
    const source = sources.get(specifier);
    return next(source === undefined ? specifier : pathToFileURL(source).href, context);
  },
});
