import path from 'node:path';

import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** From top to bottom: each may import what stands below it (docs: design, labextension). */
const LAYERS = ['plugins', 'widgets', 'components', 'models', 'wallet', 'api'];

/** A rule for one layer: nothing from above it, and JupyterLab's application only in plugins. */
function layer(name, index) {
  const patterns = LAYERS.slice(0, index).map(above => ({
    group: [`../${above}/*`],
    message: `${name} stands below ${above}.`
  }));
  if (name !== 'plugins') {
    patterns.push({
      group: ['@jupyterlab/application'],
      allowTypeImports: true,
      message: 'Only plugins know the application.'
    });
  }
  if (name === 'models' || name === 'wallet' || name === 'api') {
    patterns.push({
      group: ['react', '@jupyterlab/ui-components', '@jupyterlab/apputils'],
      message: `${name} have no DOM and no React.`
    });
  }
  return {
    files: [`**/src/${name}/**`],
    rules: {
      '@typescript-eslint/no-restricted-imports': ['error', { patterns }]
    }
  };
}

export default tseslint.config(
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: {
        project: 'tsconfig.json',
        tsconfigRootDir: path.resolve(import.meta.dirname, '..')
      }
    },
    plugins: { 'react-hooks': reactHooks },
    rules: {
      ...reactHooks.configs.recommended.rules,
      'no-console': 'error',
      eqeqeq: 'error',
      // JupyterLab's idiom for command ids.
      '@typescript-eslint/no-namespace': 'off',
      // A token and its interface share a name in JupyterLab.
      '@typescript-eslint/no-redeclare': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-confusing-void-expression': [
        'error',
        { ignoreArrowShorthand: true }
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true }
      ],
      // Settings, payloads and args are looked up by name.
      '@typescript-eslint/dot-notation': 'off'
    }
  },
  ...LAYERS.map(layer)
);
