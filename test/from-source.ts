import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';
import { packageSources } from './sources.ts';

// `node --import` this: a child process then needs no build to import the package by its name.
const sources = packageSources();

registerHooks({
  resolve: (specifier, context, next) => {
    const source = sources.get(specifier);
    return next(source === undefined ? specifier : pathToFileURL(source).href, context);
  },
});
