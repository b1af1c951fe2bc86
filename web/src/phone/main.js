import 'vant/es/style/base.css';
import './phone.css';
import { createApp } from 'vue';
import App from './App.vue';
import { useLang } from './i18n.js';

const place = document.getElementById('app');
useLang(place.dataset.lang || document.documentElement.lang);
createApp(App).mount(place);
