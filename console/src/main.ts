import { mount } from 'svelte';
import App from './App.svelte';
import { firstLanguage, speak } from './lib/text/words.svelte';
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';

const target = document.getElementById('app');
// Words first: a screen without them would show keys for a moment.
await speak(firstLanguage());
if (target) mount(App, { target });
